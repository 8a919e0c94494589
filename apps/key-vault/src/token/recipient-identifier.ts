import type { DetachedEnvelope } from '#cms';

/** The name that a recipient of an envelope gives its key. */
export type RecipientIdentifier = DetachedEnvelope['recipients'][number]['identifier'];
