/** What names a setting of a contact center: names in the groups of the original, for a place in its hierarchy of locations. */
export interface SettingName {
  readonly contactCenter: string;
  /** Such as `screen-recording`. */
  readonly group: string;
  /** Such as `storage`. */
  readonly name: string;
  /** `/`, or a path such as `/US/CA`. */
  readonly location: string;
}

export interface Setting extends SettingName {
  /** JSON. Secrets in it are sealed by whoever puts it. */
  readonly value: string;
  /**
   * Places that belong to this contact center alone as long as the setting is there: names from the outermost on, joined by
   * `/`. What lies inside a place belongs with it.
   */
  readonly places: readonly string[];
}

/** Keeps what contact centers set for themselves. Every method rejects with RCS_STORE_UNAVAILABLE while the database cannot serve. */
export interface SettingStore {
  /** Those of one contact center, by group, name and location. */
  list(contactCenter: string): Promise<readonly Setting[]>;

  /**
   * In the place of the one of before.
   * @returns `taken` where one of its places is, lies in, or has in it, a place of another contact center; nothing is changed then.
   */
  put(setting: Setting): Promise<'stored' | 'taken'>;

  /** @returns whether it was there. */
  remove(name: SettingName): Promise<boolean>;
}
