import { recipientCountSchema } from './recipient-count-schema.js';

/**
 * Makes the counts of recipients anew where they are as step 16 made them at first: in rows of each connection, and with an index
 * that had no room for long names.
 */
export const rebuiltRecipientCounts = `
  DO $rebuild$
  BEGIN
    IF to_regprocedure('rcs_count_slot(text)') IS NOT NULL THEN RETURN; END IF;
    DROP TRIGGER recipients_added ON media_recipient;
    DROP TRIGGER recipients_removed ON media_recipient;
    DROP FUNCTION rcs_recipients_added();
    DROP FUNCTION rcs_recipients_removed();
    DROP TABLE recipient_count, recipient_set_count, many_recipients;
    EXECUTE $counts$${recipientCountSchema}$counts$;
  END $rebuild$;
`;
