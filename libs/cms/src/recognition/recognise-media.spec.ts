import { execFileSync } from 'node:child_process';
import { createCipheriv, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mediaHeadBytes, recogniseMedia } from './recognise-media.js';

const ffmpeg = (...args: readonly string[]): Buffer =>
  execFileSync('ffmpeg', ['-v', 'error', '-nostdin', ...args, 'pipe:1'], { maxBuffer: 64 * 1024 * 1024 });
const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440:duration=2'];
const picture = ['-f', 'lavfi', '-i', 'testsrc=duration=1:size=320x240:rate=10'];
const fixture = (name: string): Buffer => readFileSync(join(__dirname, '../../../../test/fixtures', name));
const formatOf = (file: Buffer): string | undefined =>
  recogniseMedia(file.subarray(0, mediaHeadBytes), file.length)?.format;

describe('media that a real encoder made', () => {
  it.each<[string, readonly string[], string]>([
    ['MP3 with a tag', [...sound, '-f', 'mp3'], 'mp3'],
    ['MP3 without a tag', [...sound, '-f', 'mp3', '-id3v2_version', '0', '-write_xing', '0'], 'mp3'],
    [
      'MP3 of telephone quality',
      [...sound, '-ar', '8000', '-ac', '1', '-b:a', '8k', '-f', 'mp3', '-id3v2_version', '0'],
      'mp3',
    ],
    [
      'MP3 of the highest rate',
      [...sound, '-b:a', '320k', '-f', 'mp3', '-id3v2_version', '0', '-write_xing', '0'],
      'mp3',
    ],
    ['MP2', [...sound, '-f', 'mp2'], 'mp3'],
    ['WAV', [...sound, '-f', 'wav'], 'wav'],
    ['WAV of A-law', [...sound, '-c:a', 'pcm_alaw', '-ar', '8000', '-f', 'wav'], 'wav'],
    ['AAC in ADTS', [...sound, '-f', 'adts'], 'aac'],
    ['FLAC', [...sound, '-f', 'flac'], 'flac'],
    ['Ogg', [...sound, '-c:a', 'flac', '-f', 'ogg'], 'ogg'],
    ['AU', [...sound, '-f', 'au'], 'au'],
    ['AIFF', [...sound, '-f', 'aiff'], 'aiff'],
    ['CAF', [...sound, '-f', 'caf'], 'caf'],
    ['fragmented MP4', [...picture, '-c:v', 'mpeg4', '-movflags', 'frag_keyframe+empty_moov', '-f', 'mp4'], 'mp4'],
    ['MOV', [...picture, '-c:v', 'mpeg4', '-movflags', 'frag_keyframe+empty_moov', '-f', 'mov'], 'mp4'],
    ['Matroska', [...picture, '-c:v', 'mpeg4', '-f', 'matroska'], 'webm'],
    ['AVI', [...picture, '-c:v', 'mpeg4', '-f', 'avi'], 'avi'],
    ['MPEG transport stream', [...picture, '-c:v', 'mpeg2video', '-f', 'mpegts'], 'mpeg-ts'],
    ['MPEG program stream', [...picture, '-c:v', 'mpeg2video', '-r', '25', '-f', 'vob'], 'mpeg-ps'],
    ['MPEG video', [...picture, '-c:v', 'mpeg2video', '-r', '25', '-f', 'mpeg2video'], 'mpeg-video'],
    ['ASF', [...picture, '-c:v', 'wmv2', '-f', 'asf'], 'asf'],
    ['FLV', [...picture, '-c:v', 'flv', '-f', 'flv'], 'flv'],
    ['PNG', [...picture, '-frames:v', '1', '-f', 'image2pipe', '-c:v', 'png'], 'png'],
    ['JPEG', [...picture, '-frames:v', '1', '-f', 'image2pipe', '-c:v', 'mjpeg'], 'jpeg'],
    ['GIF', [...picture, '-f', 'gif'], 'gif'],
  ])('%s', (_, args, format) => {
    expect(formatOf(ffmpeg(...args))).toBe(format);
  });

  it.each([
    ['call.mp3', 'mp3'],
    ['screen.mp4', 'mp4'],
  ])('%s', (name, format) => {
    expect(formatOf(fixture(name))).toBe(format);
  });

  it('MP3 that begins inside a frame, wherever it was cut', () => {
    const whole = ffmpeg(...sound, '-f', 'mp3', '-id3v2_version', '0', '-write_xing', '0');
    for (let cut = 1; cut < 1000; cut += 37) expect(formatOf(whole.subarray(cut))).toBe('mp3');
  });

  it.each<[string, Buffer, string]>([
    ['AMR', Buffer.from('#!AMR\n\x3c\x91\x17'), 'amr'],
    [
      'a QuickTime file whose media comes first',
      Buffer.concat([Buffer.from('\0\x01\0\0mdat', 'latin1'), randomBytes(70_000)]),
      'mov',
    ],
    [
      'GSM 06.10',
      Buffer.concat(Array.from({ length: 20 }, () => Buffer.concat([Buffer.of(0xd7), randomBytes(32)]))),
      'gsm',
    ],
  ])('%s', (_, file, format) => {
    expect(formatOf(file)).toBe(format);
  });
});

describe('what is no media', () => {
  it.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from('I')],
    ['a document', Buffer.from('%PDF-1.7\n')],
    ['a text', Buffer.from('ID: 3, and so on and so on, for as long as it takes')],
    ['raw A-law', ffmpeg(...sound, '-c:a', 'pcm_alaw', '-ar', '8000', '-f', 'alaw')],
    ['raw PCM', ffmpeg(...sound, '-f', 's16le')],
    ['RIFF of nothing we know', Buffer.from('RIFF\0\0\0\0JUNKJUNKJUNK')],
    ['a tag of a version that does not exist', Buffer.from('ID3\x09\0\0\0\0\0\0')],
    ['a box longer than the file', Buffer.from('\0\0\x20\0ftypisom')],
    ['an envelope', Buffer.from('308206aa06092a864886f70d010703a0820699', 'hex')],
  ])('%s', (_, file) => {
    expect(formatOf(file)).toBeUndefined();
  });

  it('ciphertext, in 20,000 samples', () => {
    const cipher = createCipheriv('aes-256-ctr', randomBytes(32), randomBytes(16));
    const zeros = Buffer.alloc(mediaHeadBytes);
    for (let sample = 0; sample < 20_000; sample++) {
      const noise = cipher.update(sample % 10 === 0 ? zeros : zeros.subarray(0, 64));
      expect(recogniseMedia(noise, 10_000_000)).toBeUndefined();
    }
  });
});
