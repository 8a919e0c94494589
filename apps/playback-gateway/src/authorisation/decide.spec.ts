import fc from 'fast-check';
import type { User } from '#store';
import { decide, type DecisionInput, type RecordingAction } from './decide.js';

const opsAccount: User = {
  name: 'ops',
  enabled: true,
  roles: ['ops'],
  privileges: [],
  accessGroups: [],
  partitions: [],
  version: 1,
};
const agent: User = {
  ...opsAccount,
  name: 'john',
  contactCenter: 'cc-1',
  roles: ['agent'],
  privileges: ['decrypt-recording'],
};
const supervisor: User = { ...agent, name: 'anthony', roles: ['supervisor'] };
const admin: User = { ...agent, name: 'ada', roles: ['admin'] };
const ops: User = { ...opsAccount, contactCenter: 'cc-1' };

type Case = Partial<Omit<DecisionInput, 'user' | 'owners' | 'agents'>> & {
  readonly groups?: readonly string[];
  readonly parts?: readonly string[];
  readonly agents?: readonly string[];
  readonly partitions?: readonly string[];
  /** `agent_hierarchy` of the agents, all in the contact center `hierarchiesOf`. */
  readonly agentHierarchies?: readonly string[];
  readonly hierarchiesOf?: string;
  readonly of?: Partial<User>;
};

/** The decision for a case; unless told otherwise paul's encrypted call, /Anthony/Paul, partition /sales, is played. */
function decideFor(user: User, { groups, parts, of, ...given }: Case = {}) {
  const { agents, partitions, agentHierarchies = ['/Anthony/Paul'], hierarchiesOf = 'cc-1', ...rest } = given;
  return decide({
    user: { ...user, ...(groups && { accessGroups: groups }), ...(parts && { partitions: parts }), ...of },
    action: 'play-encrypted',
    recording: { contactCenter: 'cc-1', region: 'east' },
    owners: { agents: agents ?? ['paul'], partitions: partitions ?? ['/sales'] },
    agents: agentHierarchies.map(path => ({ contactCenter: hierarchiesOf, path })),
    region: 'east',
    ...rest,
  });
}

const ivr: Case = { agents: [], agentHierarchies: [] };
const unowned: Case = { ...ivr, partitions: [] };
const elsewhere: Case = { recording: { contactCenter: 'cc-2', region: 'east' } };
const otherRegion: Case = { recording: { contactCenter: 'cc-1', region: 'west' } };
const mute = { privileges: [] };
const shared: Case = { partitions: ['/sales', '/support'] };
/** The calls of a team below `path`, asked for by a member of `group`. */
const team = (path: string, group = '/Anthony'): Case => ({
  groups: [group],
  agentHierarchies: [path],
  partitions: [],
});

describe(decide.name, () => {
  it.each<readonly [string, User, Case]>([
    ['an admin plays any recording of the contact center', admin, {}],
    ['an admin plays an IVR recording', admin, ivr],
    ['an admin plays a recording that belongs to nobody', admin, unowned],
    ['an admin needs no group', admin, { groups: [] }],
    ['an admin without the privilege reads', admin, { action: 'read', of: mute }],
    ['an admin without the privilege plays plain media', admin, { action: 'play-plain', of: mute }],
    ['an agent plays the own recording', agent, { agents: ['john'] }],
    ['an agent plays the own recording with other agents in it', agent, { agents: ['paul', 'john'] }],
    ['an agent reads the own recording without the privilege', agent, { agents: ['john'], action: 'read', of: mute }],
    ['a supervisor plays the own recording', supervisor, { agents: ['anthony'] }],
    ['a supervisor plays what the group covers', supervisor, { groups: ['/Anthony'] }],
    ['a supervisor plays what the exact group covers', supervisor, { groups: ['/Anthony/Paul'] }],
    ['one of several groups is enough', supervisor, { groups: ['/John', '/Anthony'] }],
    ['one of several agents is enough', supervisor, { groups: ['/B'], agentHierarchies: ['/A/x', '/B/y'] }],
    ['the group / covers every agent', supervisor, { groups: ['/'] }],
    ['the group / covers an IVR recording', supervisor, { groups: ['/'], ...ivr }],
    ['the group / covers a recording that belongs to nobody', supervisor, { groups: ['/'], ...unowned }],
    ['a partition of the user covers the recording', supervisor, { parts: ['/sales'] }],
    ['a partition covers an IVR recording', supervisor, { parts: ['/sales'], ...ivr }],
    ['a partition covers what lies below it', supervisor, { parts: ['/sales'], partitions: ['/sales/north'] }],
    ['one of several partitions is enough', supervisor, { parts: ['/support'], partitions: ['/sales', '/support'] }],
    ['an agent with a group plays what it covers', agent, { groups: ['/Anthony'] }],
    ['roles add up', { ...agent, roles: ['agent', 'admin'] }, unowned],
    ['an agent plays what was recorded under a further id', agent, { agents: ['4711'], of: { agentIds: ['4711'] } }],
    ['a member of the group of Anthony sees the team of John', supervisor, { ...team('/Anthony/John') }],
    ['a member of the group of Anthony sees the team of Paul', supervisor, { ...team('/Anthony/Paul') }],
    ['a member of the group of John sees the own team', supervisor, { ...team('/Anthony/John', '/Anthony/John') }],
    ['a path may name a company', supervisor, { ...team('/Company A/Sales', '/Company A') }],
    ['one of the partitions /sales,/support is enough', supervisor, { parts: ['/support'], ...shared }],
    ['an access group covers a partition', supervisor, { groups: ['/sales'], ...shared, ...ivr }],
    ['an access group covers a partition below it', supervisor, { groups: ['/sales'], partitions: ['/sales/east'] }],
    ['the partition / covers what has a partition', supervisor, { parts: ['/'], ...ivr }],
    ['the group / reads without the privilege', supervisor, { groups: ['/'], action: 'read', of: mute }],
    [
      'a partition plays plain media without the privilege',
      supervisor,
      { parts: ['/sales'], action: 'play-plain', of: mute },
    ],
    ['a group matters more than a low role', agent, { groups: ['/'] }],
  ])('%s', (_name, user, of) => {
    expect(decideFor(user, of)).toMatchObject({ allowed: true });
  });

  it('an ops user hears nothing, whatever groups there are', () => {
    const decision = decideFor(ops, { groups: ['/'], action: 'read' });
    expect(decision).toMatchObject({ allowed: false, code: 'RCS_INSUFFICIENT_ROLE' });
  });

  const permission = 'RCS_INSUFFICIENT_PERMISSION';
  const role = 'RCS_INSUFFICIENT_ROLE';
  const notFound = 'RCS_RECORDING_NOT_FOUND';

  it.each<readonly [string, string, User, Case]>([
    ['an admin without the privilege plays nothing encrypted', permission, admin, { of: mute }],
    ['an agent without the privilege plays not even the own', permission, agent, { agents: ['john'], of: mute }],
    [
      'administering certificates does not decrypt',
      permission,
      admin,
      { of: { privileges: ['administer-certificates'] } },
    ],
    ['an agent does not play the recording of another', permission, agent, {}],
    ['an agent does not read the recording of another', permission, agent, { action: 'read' }],
    ['an agent does not play plain media of another', permission, agent, { action: 'play-plain' }],
    ['a name is compared letter by letter', permission, agent, { agents: ['John'] }],
    ['a part of a name is no name', permission, agent, { agents: ['john2', 'joh'] }],
    ['a supervisor without a group sees nothing', permission, supervisor, {}],
    ['a supervisor does not see a sister team', permission, supervisor, { groups: ['/Anthony/John'] }],
    ['half a segment is no segment', permission, supervisor, { groups: ['/Anth'] }],
    ['a group below the agent does not cover the agent', permission, supervisor, { groups: ['/Anthony/Paul/Team'] }],
    ['segments are compared letter by letter', permission, supervisor, { groups: ['/anthony'] }],
    ['a group without a slash covers nothing', permission, supervisor, { groups: ['Anthony', ''] }],
    ['an agent group does not cover an IVR recording', permission, supervisor, { groups: ['/Anthony'], ...ivr }],
    ['another partition does not cover', permission, supervisor, { parts: ['/support'] }],
    ['half a partition is no partition', permission, supervisor, { parts: ['/sal'] }],
    ['a partition below does not cover the one above', permission, supervisor, { parts: ['/sales/north'] }],
    [
      'a recording that belongs to nobody is for / and admins',
      permission,
      supervisor,
      { groups: ['/A'], parts: ['/b'], ...unowned },
    ],
    ['a supervisor who owns nothing does not own an IVR recording', permission, supervisor, ivr],
    [
      'a member of the group of John does not see the team of Paul',
      permission,
      supervisor,
      team('/Anthony/Paul', '/Anthony/John'),
    ],
    ['a member of the group of John does not see Anthony', permission, supervisor, team('/Anthony', '/Anthony/John')],
    ['another company is not seen', permission, supervisor, team('/Company B/Sales', '/Company A')],
    ['a company of a longer name is not seen', permission, supervisor, team('/Company AB', '/Company A')],
    ['a user partition does not cover an agent', permission, supervisor, { parts: ['/Anthony'] }],
    [
      'the partition / does not cover a recording that belongs to nobody',
      permission,
      supervisor,
      { parts: ['/'], ...unowned },
    ],
    ['a further id of another does not help', permission, agent, { agents: ['4711'], of: { agentIds: ['4712', ''] } }],
    [
      'an agent of the same name elsewhere lends no place',
      permission,
      supervisor,
      { groups: ['/Anthony'], hierarchiesOf: 'cc-2' },
    ],
    ['a disabled admin sees nothing', role, admin, { of: { enabled: false } }],
    ['a disabled agent plays not even the own', role, agent, { agents: ['john'], of: { enabled: false } }],
    ['a disabled user learns nothing of another region', notFound, admin, { ...otherRegion, of: { enabled: false } }],
    ['a user without a role sees nothing', role, { ...agent, roles: [] }, { groups: ['/'] }],
    ['a user without a role sees not even the own', role, { ...agent, roles: [] }, { agents: ['john'] }],
    ['the ops account sees nothing', role, opsAccount, { groups: ['/'] }],
    ['the ops account reads nothing', role, opsAccount, { groups: ['/'], action: 'read' }],
    ['the ops account with every role sees nothing', role, { ...opsAccount, roles: ['ops', 'admin'] }, {}],
    ['the recorder sees nothing, whatever else it were', role, { ...opsAccount, roles: ['recorder', 'admin'] }, {}],
    ['an admin of another contact center', notFound, admin, elsewhere],
    ['a group of another contact center', notFound, supervisor, { groups: ['/'], ...elsewhere }],
    ['the own name in another contact center', notFound, agent, { agents: ['john'], ...elsewhere }],
    ['a user of no contact center', notFound, { ...opsAccount, roles: ['admin'] }, {}],
    ['an admin of another region', notFound, admin, otherRegion],
    ['the own recording of another region', notFound, agent, { agents: ['john'], ...otherRegion }],
    ['the ops account learns nothing of another region', notFound, opsAccount, otherRegion],
    ['another contact center hides even a missing role', notFound, { ...agent, roles: [] }, elsewhere],
    ['another contact center hides even a missing privilege', notFound, { ...admin, privileges: [] }, elsewhere],
  ])('%s: %s', (_name, code, user, of) => {
    expect(decideFor(user, of)).toMatchObject({ allowed: false, code });
  });

  const path = fc.constantFrom('/', '/a', '/a/b', '/a/b/c', '/ab', '/b', 'a', '', '//', '/a/');
  const paths = fc.array(path, { maxLength: 4 });
  const user: fc.Arbitrary<User> = fc.record({
    name: fc.constantFrom('john', 'paul', ''),
    enabled: fc.boolean(),
    contactCenter: fc.constantFrom('cc-1', 'cc-2', 'cc-3', ''),
    roles: fc.subarray(['agent', 'supervisor', 'admin', 'ops'] as const),
    privileges: fc.subarray(['administer-certificates', 'decrypt-recording'] as const),
    accessGroups: paths,
    partitions: paths,
    version: fc.nat(),
  });
  const input: fc.Arbitrary<DecisionInput> = fc.record({
    user,
    action: fc.constantFrom<RecordingAction>('read', 'play-plain', 'play-encrypted'),
    recording: fc.record({ contactCenter: fc.constantFrom('cc-1', 'cc-2'), region: fc.constantFrom('east', 'west') }),
    owners: fc.record({ agents: fc.subarray(['john', 'paul', 'george']), partitions: paths }),
    agents: fc.array(fc.record({ contactCenter: fc.constantFrom('cc-1', 'cc-2', undefined), path }), { maxLength: 4 }),
    region: fc.constantFrom('east', 'west'),
  });

  it('never lets a group, partition, role or privilege open a recording of another contact center or region', () => {
    fc.assert(
      fc.property(input, paths, paths, (given, groups, partitions) => {
        fc.pre(given.user.contactCenter !== given.recording.contactCenter || given.region !== given.recording.region);
        const richer: User = {
          ...given.user,
          accessGroups: [...given.user.accessGroups, ...groups],
          partitions: [...given.user.partitions, ...partitions],
          roles: ['agent', 'supervisor', 'admin'],
          privileges: ['administer-certificates', 'decrypt-recording'],
        };
        expect(decide({ ...given, user: richer })).toMatchObject({ allowed: false, code: notFound });
      }),
    );
  });

  it('takes nothing from agents of another contact center, whatever their hierarchy and whoever asks', () => {
    fc.assert(
      fc.property(input, paths, (given, foreign) => {
        const strangers = foreign.map(place => ({ contactCenter: 'cc-3', path: place }));
        expect(decide({ ...given, agents: [...strangers, ...given.agents] })).toEqual(decide(given));
      }),
    );
  });

  it('never plays an encrypted recording without the privilege', () => {
    fc.assert(
      fc.property(input, given => {
        const without: User = { ...given.user, privileges: ['administer-certificates'] };
        expect(decide({ ...given, user: without, action: 'play-encrypted' }).allowed).toBe(false);
      }),
    );
  });

  it('never takes away what a user may do by giving another group', () => {
    fc.assert(
      fc.property(input, paths, (given, groups) => {
        fc.pre(decide(given).allowed);
        const richer = { ...given.user, accessGroups: [...groups, ...given.user.accessGroups] };
        expect(decide({ ...given, user: richer }).allowed).toBe(true);
      }),
    );
  });

  it('never plays what may not be read', () => {
    fc.assert(
      fc.property(input, given => {
        if (decide(given).allowed) expect(decide({ ...given, action: 'read' }).allowed).toBe(true);
      }),
    );
  });
});
