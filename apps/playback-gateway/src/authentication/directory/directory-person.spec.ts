import { recordingPrivileges } from '#store';
import { personOf } from './directory-person.js';

const settings = { attributes: { options: 'description' }, groupGrants: [] } as unknown as Parameters<
  typeof personOf
>[3];
const privilegesOf = (...options: string[]) =>
  personOf('paul', attribute => (attribute === 'description' ? options : []), [], settings).privileges;

describe(personOf.name, () => {
  it('takes the recording permissions of the person, as Genesys names them', () => {
    const options = recordingPrivileges.map(
      name => `[recording] RECORDING_PERMISSION_${name.toUpperCase().replaceAll('-', '_')}=true`,
    );
    expect(options).toContain('[recording] RECORDING_PERMISSION_ADD_LABEL_DEFINITION=true');
    expect(privilegesOf(...options)).toEqual([...recordingPrivileges].sort());
  });

  it.each([
    '[recording] RECORDING_PERMISSION_ADD_LABEL=false',
    '[recording] RECORDING_PERMISSION_ADD_LABEL=',
    '[htcc] RECORDING_PERMISSION_ADD_LABEL=true',
    '[recording] RECORDING_PERMISSION_DECRYPT_RECORDING=true',
    '[recording] recording_permission_add_label=true',
  ])('takes none of %p', option => {
    expect(privilegesOf(option)).toEqual([]);
  });

  it('takes the names of this server, too', () => {
    expect(privilegesOf('[recording] privileges=add-label, Decrypt a Recording')).toEqual([
      'add-label',
      'decrypt-recording',
    ]);
  });
});
