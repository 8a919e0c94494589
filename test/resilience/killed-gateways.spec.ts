import { countInTier } from '#test/tier.js';
import { recipientsInSqlite } from './killed-gateways/kept-counts.js';
import { killGateways } from './killed-gateways/kill-gateways.js';
import { rowsInSqlite } from './killed-gateways/left-rows.js';

killGateways(countInTier(40, 40, 1000), () =>
  Promise.resolve({ environment: {}, leftRows: rowsInSqlite, recipients: recipientsInSqlite }),
);
