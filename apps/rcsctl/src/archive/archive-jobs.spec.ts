import { jobsText, jobText, scheduleText, type ArchiveJobAnswer } from './archive-jobs.js';

const job: ArchiveJobAnswer = {
  id: 'j1',
  state: 'running',
  reason: 'kept',
  destination: { storage: 'webDAV', path: 'archives' },
  name: 'archive-2026-11-28-1234',
  counts: { parts: 1, recordings: 2, mediaFiles: 3, bytes: 4, leftOut: 1 },
  leftOut: [{ recording: 'r', code: 'RCS_X', reason: 'gone' }],
  waiting: 'the storage has no room left (507)',
  createdAt: '2026-11-28T02:00:00.000Z',
  createdBy: 'alice',
};

it('says of jobs how far they are, and why they wait or failed', () => {
  expect(jobsText([])).toBe('none');
  expect(jobsText([job])).toMatch(/j1 .*running.*waits: the storage has no room left/);
  const part = { number: 1, path: 'archives/a-0001.zip', length: 4, sha256: 'ab', recordings: 2 };
  expect(jobText(job, [part])).toContain('part 1: archives/a-0001.zip 4 bytes, 2 recordings, SHA-256 ab');
  expect(jobText(job)).toContain('left out: "the recording" of "r": RCS_X, gone');
  const failed = { ...job, state: 'failed', error: { code: 'RCS_STORAGE_FAILED', text: 'full' } };
  expect(jobText(failed)).toMatch(/^j1: failed, full\n/);
});

it('says which days a schedule takes', () => {
  const schedule = {
    at: '02:00',
    age: { minimumDays: 0, maximumDays: 1 },
    reason: 'daily',
    destination: job.destination,
    setBy: 'alice',
    setAt: '2026-11-28T02:00:00.000Z',
    lastDay: '2026-11-28',
  };
  expect(scheduleText(schedule)).toMatch(/^each day at 02:00 UTC: the day before, "daily"\n/);
  expect(scheduleText({ ...schedule, age: { minimumDays: 80, maximumDays: 81 } })).toContain('the day 81 days ago');
  expect(scheduleText({ ...schedule, age: { minimumDays: 0, maximumDays: 7 } })).toContain('from 7 to 1 days ago');
});
