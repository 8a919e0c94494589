import { actOfKey } from './keys.js';
import { nextRate } from './rates.js';

it('speeds go up and down, and stay at their ends', () => {
  expect([nextRate(1, 1), nextRate(1, -1), nextRate(4, 1), nextRate(0.5, -1)]).toEqual([1.25, 0.75, 4, 0.5]);
});

it('keys that do nothing are left to the page', () => {
  expect(['x', 'Tab', 'Enter', 'Escape', 'F5'].map(key => actOfKey(key, false))).toEqual(Array(5).fill(undefined));
  expect([' ', 'k', 'ArrowLeft', 'j', 'a', 's', ',', '7'].every(key => actOfKey(key, false) !== undefined)).toBe(true);
});
