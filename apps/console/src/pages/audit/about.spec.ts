import { aboutOf } from './about.js';

const about = (record: object): string => aboutOf(record as Parameters<typeof aboutOf>[0]);

it('what a record is about is its recording, its certificate, or what it says itself', () => {
  expect(about({ recording: 'R1', detail: 'x' })).toBe('R1');
  expect(about({ certificateAlias: 'demo' })).toBe('demo');
  expect(about({ detail: 'a sample' })).toBe('a sample');
  expect(about({})).toBe('');
});

it('a query is written as people write it, and nothing else is changed', () => {
  expect(about({ detail: '{"order":"newest-first","limit":100}' })).toBe('order: newest-first, limit: 100');
  expect(about({ detail: '["a"]' })).toBe('["a"]');
  expect(about({ detail: '{"cut' })).toBe('{"cut');
});
