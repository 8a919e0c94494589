/** People, access groups and roles of a small contact center. */
export const examplePeople = `
dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: ou=groups,dc=example,dc=org
objectClass: organizationalUnit
ou: groups

dn: cn=reader,dc=example,dc=org
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: reader-password

dn: uid=anthony,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: anthony
cn: Anthony
sn: A
userPassword: pass:wörd
employeeType: supervisor
employeeNumber: 4711
description: [recording] agent_hierarchy=/Anthony

dn: uid=john,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: john
cn: John
sn: J
userPassword: john-password
description: [htcc] roles=agent
description: [recording] agent_hierarchy=/Anthony/John

dn: uid=nothing,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: nothing
cn: Nothing
sn: N

dn: uid=a\\2Cb\\2A(c)\\5Cd,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: a,b*(c)\\d
cn: Odd
sn: O
userPassword: odd-password
employeeType: agent

dn: cn=/Anthony,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: /Anthony
member: uid=anthony,ou=people,dc=example,dc=org

dn: cn=/sales,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: /sales
member: uid=anthony,ou=people,dc=example,dc=org

dn: cn=Recording Listeners,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: Recording Listeners
member: uid=anthony,ou=people,dc=example,dc=org
member: uid=john,ou=people,dc=example,dc=org
`.trimStart();
