/** By bytes, as SQLite compares, whatever the locale of the database is. */
const text = 'text COLLATE "C"';

/** What contact centers set for themselves. */
export const settingSchema = `
  CREATE TABLE setting (
    contact_center ${text} NOT NULL,
    setting_group ${text} NOT NULL,
    name ${text} NOT NULL,
    location ${text} NOT NULL,
    value text NOT NULL, -- JSON, secrets in it sealed
    places text NOT NULL, -- JSON, places that are this contact center's alone
    PRIMARY KEY (contact_center, setting_group, name, location)
  );
`;
