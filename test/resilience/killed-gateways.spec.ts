import { countInTier } from '#test/tier.js';
import { killGateways } from './killed-gateways/kill-gateways.js';

killGateways(countInTier(40, 40, 1000));
