import { RcsError } from '#platform';
import type { RemovalPlan } from './removal-plan.js';

/** Why a recording is not deleted. */
export const refusalOfRemoval = (id: string, keptBy: NonNullable<RemovalPlan['keptBy']>): RcsError =>
  keptBy === 'protection'
    ? new RcsError('RCS_RECORDING_PROTECTED', `recording ${id} is protected from deletion`)
    : new RcsError('RCS_RECORDING_HELD', `recording ${id}, or a media file of it, is on legal hold`);
