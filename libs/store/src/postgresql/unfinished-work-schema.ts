/** What is looked for again and again, and of which there is little among much. */
export const unfinishedWorkSchema = `
  CREATE INDEX rewrap_job_unfinished ON rewrap_job (contact_center) WHERE state <> 'done';
  CREATE INDEX unindexed_media_failing ON unindexed_media (contact_center, missing DESC, attempts DESC, recording_id, media_id)
    WHERE attempts > 0;
`;
