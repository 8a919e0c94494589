import type { RecordingLayout } from '../../recorder/encrypt-recording.js';

/** A call of the week: which dialogues it consists of, one media file each, and who spoke. */
export interface PlannedCall {
  /** What its id begins with. */
  readonly name: string;
  readonly dialogues: readonly Dialogue[];
  /** Of each dialogue. */
  readonly agents: readonly string[];
  readonly daysAgo: number;
  /** UTC */
  readonly time: string;
  readonly caller: string;
  readonly dialed: string;
  readonly team: 'sales' | 'support';
  /** Detached, as recorders store calls, unless told. */
  readonly layout?: RecordingLayout;
  readonly labels?: readonly Label[];
  readonly protected?: true;
  readonly hold?: string;
  /** Encrypted for the certificate that has expired meanwhile. */
  readonly expiredCertificate?: true;
}

export type Dialogue =
  'order' | 'quote' | 'return' | 'complaint-1' | 'complaint-2' | 'card' | 'address' | 'cancel' | 'appointment';
export type Label = 'complaint' | 'contract' | 'training';

export const weekLabels: readonly {
  readonly name: Label;
  readonly displayName: string;
  readonly description: string;
}[] = [
  { name: 'complaint', displayName: 'Complaint', description: 'Somebody is not content' },
  { name: 'contract', displayName: 'Contract', description: 'A contract was made or ended: kept for ever' },
  { name: 'training', displayName: 'Training', description: 'A good example for new colleagues' },
];

/** How long they are kept; what the profiles do not name stays. */
export const weekRetention = [
  { ivrProfile: 'sales', days: 365 },
  { ivrProfile: 'support', days: 90 },
  { label: 'contract', days: null },
];

const sales = { dialed: '+14160000001', team: 'sales' } as const;
const support = { dialed: '+14160000002', team: 'support' } as const;

/** One agent of the demo with one dialogue, under a number of its own. */
const call = (
  name: string,
  dialogue: Dialogue,
  agent: string,
  daysAgo: number,
  time: string,
  caller: string,
  rest: Pick<PlannedCall, 'dialed' | 'team'> & Partial<PlannedCall>,
): PlannedCall => ({ name, dialogues: [dialogue], agents: [agent], daysAgo, time, caller, ...rest });

const complaint = (name: string, daysAgo: number, time: string, caller: string): PlannedCall => ({
  ...{ name, daysAgo, time, caller, ...sales, dialogues: ['complaint-1', 'complaint-2'], agents: ['dave', 'erin'] },
  labels: ['complaint'],
});

export const weekPlan: readonly PlannedCall[] = [
  call('WEEK0ORDER1', 'order', 'carol', 7, '08:12:04', '+493012345671', { ...sales, labels: ['training'] }),
  call('WEEK0RETURN1', 'return', 'dave', 7, '09:40:31', '+493012345672', sales),
  call('WEEK0ADDRESS1', 'address', 'erin', 7, '10:05:12', '+33145678901', support),
  call('WEEK0CANCEL1', 'cancel', 'frank', 7, '14:31:55', '+493098765430', { ...support, labels: ['contract'] }),
  call('WEEK0QUOTE1', 'quote', 'carol', 6, '08:48:20', '+41443216540', {
    ...{ ...sales, labels: ['contract', 'training'], protected: true },
  }),
  call('WEEK0APPOINT1', 'appointment', 'frank', 6, '09:20:09', '+33145678902', support),
  { ...complaint('WEEK0COMPLAINT1', 6, '13:02:44', '+442079460011'), hold: 'case 4711: the chain that broke' },
  call('WEEK0CARD1', 'card', 'erin', 5, '09:15:00', '+493012345671', { ...support, labels: ['training'] }),
  call('WEEK0ORDER2', 'order', 'carol', 5, '15:20:37', '+12125550142', sales),
  call('WEEK0RETURN2', 'return', 'dave', 4, '08:33:18', '+12125550143', { ...sales, layout: 'attached' }),
  call('WEEK0CANCEL2', 'cancel', 'frank', 4, '10:52:02', '+442079460012', { ...support, labels: ['contract'] }),
  call('WEEK0ADDRESS2', 'address', 'erin', 4, '12:11:46', '+493012345675', { ...support, layout: 'plain' }),
  call('WEEK0QUOTE2', 'quote', 'carol', 3, '09:30:00', '+390612345678', sales),
  call('WEEK0APPOINT2', 'appointment', 'frank', 3, '11:00:51', '+390612345679', support),
  complaint('WEEK0COMPLAINT2', 3, '12:45:10', '+442079460013'),
  call('WEEK0CARD2', 'card', 'erin', 2, '14:05:33', '+41443216541', support),
  call('WEEK0ORDER3', 'order', 'carol', 2, '15:15:15', '+33145678903', sales),
  call('WEEK0ADDRESS3', 'address', 'erin', 1, '08:01:22', '+12125550144', support),
  call('WEEK0RETURN3', 'return', 'dave', 1, '10:10:10', '+493012345676', sales),
  call('WEEK0OLDCANCEL', 'cancel', 'frank', 500, '11:11:11', '+493012345677', {
    ...{ ...support, labels: ['contract'], expiredCertificate: true },
  }),
];
