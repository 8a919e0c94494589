import { spoolKinds } from './spool-kind.js';

const { asterisk, freeswitch, rtpengine } = spoolKinds;

describe('names and side files of spools', () => {
  it('reads what FreePBX has Asterisk write', () => {
    const name = 'out-+4930123-101-20201026-091500-1603703700.42.wav';
    expect(asterisk.isMedia(name)).toBe(true);
    expect(asterisk.details(name, undefined)).toEqual({
      callUuid: '1603703700.42',
      start: '2020-10-26T09:15:00.000Z',
      dialed: '+4930123',
      caller: '101',
    });
    expect(asterisk.details('anything.wav', undefined)).toEqual({});
    expect(asterisk.isMedia('call-in.wav')).toBe(false);
    expect(asterisk.isMedia('notes.txt')).toBe(false);
  });

  it('reads the call detail record of FreeSWITCH', () => {
    const uuid = '6b1a2f3c-0000-4000-8000-1234567890ab';
    expect(freeswitch.besides(`${uuid}.wav`)).toEqual([`${uuid}.cdr.json`, `a_${uuid}.cdr.json`]);
    const variables = {
      caller_id_number: '%2B4930123',
      destination_number: '1000',
      start_epoch: '1603703700',
      end_epoch: '1603703760',
    };
    expect(freeswitch.details(`${uuid}.wav`, JSON.stringify({ variables }))).toEqual({
      callUuid: uuid,
      caller: '+4930123',
      dialed: '1000',
      start: '2020-10-26T09:15:00.000Z',
      stop: '2020-10-26T09:16:00.000Z',
    });
    expect(freeswitch.details(`${uuid}.wav`, undefined)).toEqual({ callUuid: uuid });
    expect(() => freeswitch.details(`${uuid}.wav`, '{"a":1}')).toThrow('no variables');
    expect(() => freeswitch.details(`${uuid}.wav`, '{"variables"')).toThrow(SyntaxError);
  });

  it('reads the metadata of rtpengine, and knows what is there while a call goes on', () => {
    const base = 'abc%40host-0123456789abcdef';
    expect(rtpengine.ongoing(`${base}-mix.wav`)).toContain(`/var/spool/rtpengine/${base}.meta`);
    expect(rtpengine.isMedia(`${base}-mix.wav`)).toBe(true);
    expect(rtpengine.isMedia('other.wav')).toBe(false);
    expect(rtpengine.besides(`${base}-mix.wav`)).toContain(`../metadata/${base}.txt`);
    const text =
      '\n\ncall start time: 2020-10-26T09:15:00\ncall end time: 2020-10-26T09:16:00\n\nfrom:+4930123|to:1000\n';
    expect(rtpengine.details(`${base}-mix.wav`, text)).toEqual({
      callUuid: 'abc@host',
      // In local time, as rtpengine writes it.
      start: new Date('2020-10-26T09:15:00').toISOString(),
      stop: new Date('2020-10-26T09:16:00').toISOString(),
      caller: '+4930123',
      dialed: '1000',
    });
  });
});
