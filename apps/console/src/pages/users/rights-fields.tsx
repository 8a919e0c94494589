import { CheckboxGroup, Label } from 'react-aria-components';
import { Checkbox } from '../../components/checkbox.js';
import { TextField } from '../../components/text-field.js';
import { useTexts } from '../../texts/use-texts.js';
import { givenPrivileges, givenRoles, type Role, type UserPrivilege } from './user-queries.js';

/** What somebody may do, as it is edited; paths are a line each. */
export interface EditedRights {
  readonly roles: readonly Role[];
  readonly privileges: readonly UserPrivilege[];
  readonly accessGroups: string;
  readonly partitions: string;
}

/** As the API takes them. Only the configuration makes a recorder. */
export const orderedRights = ({ roles, privileges, accessGroups, partitions }: EditedRights) => ({
  roles: roles.filter(role => role !== 'recorder'),
  privileges: [...privileges],
  accessGroups: linesOf(accessGroups),
  partitions: linesOf(partitions),
});

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');

interface Properties {
  readonly rights: EditedRights;
  readonly onChange: (rights: EditedRights) => void;
}

export function RightsFields({ rights, onChange }: Properties) {
  const t = useTexts();
  return (
    <>
      <CheckboxGroup
        className="stack"
        value={[...rights.roles]}
        onChange={roles => onChange({ ...rights, roles: roles as Role[] })}
      >
        <Label>{t('users.roles')}</Label>
        <div className="field-row">
          {givenRoles.map(role => (
            <Checkbox key={role} value={role}>
              {t(`users.role.${role}`)}
            </Checkbox>
          ))}
        </div>
      </CheckboxGroup>
      <CheckboxGroup
        className="stack"
        value={[...rights.privileges]}
        onChange={privileges => onChange({ ...rights, privileges: privileges as UserPrivilege[] })}
      >
        <Label>{t('users.privileges')}</Label>
        <div className="field-pair">
          {givenPrivileges.map(privilege => (
            <Checkbox key={privilege} value={privilege}>
              {t(`users.privilege.${privilege}`)}
            </Checkbox>
          ))}
        </div>
      </CheckboxGroup>
      <div className="field-pair">
        <TextField
          label={t('users.accessGroups')}
          hint={t('users.pathsHint')}
          rows={3}
          value={rights.accessGroups}
          onChange={accessGroups => onChange({ ...rights, accessGroups })}
        />
        <TextField
          label={t('users.partitions')}
          hint={t('users.pathsHint')}
          rows={3}
          value={rights.partitions}
          onChange={partitions => onChange({ ...rights, partitions })}
        />
      </div>
    </>
  );
}
