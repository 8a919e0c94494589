import { halfOfTheHistories } from './histories/half-of-the-histories.js';

jest.setTimeout(24 * 3_600_000);

it('no act that succeeds makes a recording unplayable, on every second server', () => halfOfTheHistories(1));
