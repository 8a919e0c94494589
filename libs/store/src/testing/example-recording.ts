import type { MediaFile, Recording } from '../recordings/recording.js';

export const exampleMediaFile: MediaFile = {
  mediaId: '01QF5EJ1H8CG9F0QBB8VI2LAES00000A_2026-03-02_09-15-30-7F.mp3',
  leaf: 'f0b3c1de-70a4-4b6f-9d0a-6d0f8fbb4c10.mp3',
  type: 'audio/mp3',
  startTime: '2026-03-02T09:15:30.250+0000',
  duration: '60000',
  size: '240044',
  tenant: 'Environment',
  ivrprofile: 'record',
  parameters: { agentId: 'JohnSmith', GRECORD_PARTITIONS: '/sales,/support', dnis: '5001', tries: 2, held: null },
  mediaDescriptor: { storage: 'webDAV', path: 'http://storage/recordings/call.mp3', checksum: 'none' },
  pkcs7: 'MIIBvg==',
  certAlias: ['recording-2026'],
  additional: { masks: [{ from: 1, to: 2 }] },
};

/** A call in the form the neighbours write it. */
export const exampleRecording: Recording = {
  id: '01QF5EJ1H8CG9F0QBB8VI2LAES00000A',
  contactCenter: '46284f2f-d615-4329-957a-f534edd5d6c4',
  region: 'default',
  callerPhoneNumber: '+44 1234 567890',
  dialedPhoneNumber: '5001',
  startTime: '2026-03-02T09:15:30.250+0000',
  stopTime: '2026-03-02T09:16:30.250+0000',
  mediaFiles: [exampleMediaFile],
  eventHistory: [{ event: 'Joined', contact: { userName: 'JohnSmith' } }],
  additional: { accessgroups: ['/Anthony'], 'naïve ключ': '€' },
};
