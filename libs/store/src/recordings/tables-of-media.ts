/** What is known of the bytes of a media file, in every store of SQL: it is found out anew for other bytes. */
export const tablesOfStoredBytes = [
  'envelope_pin',
  'content_tree',
  'media_recipient',
  'unindexed_media',
  'media_location',
  'media_peaks',
] as const;

/** All that belongs to a media file beside the document of its recording, and goes with it. */
export const tablesOfMedia = [...tablesOfStoredBytes, 'custody_proof'] as const;
