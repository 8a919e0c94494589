import { Injectable } from '@nestjs/common';
import { splitWindow } from '#media-storage';
import type { Recording } from '#store';
import { isMounted } from './mounted-recording.js';
import { RecordingPages, recordingsOfPage } from './recording-pages.js';

/** An archive of which recordings are mounted. */
export interface MountedArchive {
  readonly storage: string;
  /** As `unmount` takes it: the file, or the folder into which it was unpacked, with a slash at the end. */
  readonly path: string;
  readonly recordings: number;
}

/** What a part of a contact center's recordings has of mounted archives. */
export interface MountsPage {
  readonly mounts: readonly MountedArchive[];
  /** Where the next part begins; absent at the end. */
  readonly next?: string;
}

/** Recordings that one request looks at: a part of a second. */
const lookedAt = 5000;
/** Below the folder of an unpacked archive: contact center, tenant, day, recording, and the file. */
const partsBelow = 5;

/** Looks through the recordings of a contact center for those that lie in archives: nothing else says where they are mounted. */
@Injectable()
export class MountedArchives {
  constructor(private readonly pages: RecordingPages) {}

  async of(contactCenter: string, after: string): Promise<MountsPage> {
    const found = new Map<string, MountedArchive>();
    let position = after;
    for (let looked = 0; looked < lookedAt; looked += recordingsOfPage) {
      const { recordings, next } = await this.pages.behind(contactCenter, position);
      for (const recording of recordings) {
        const place = archiveOf(recording);
        if (place === undefined) continue;
        const key = `${place.storage} ${place.path}`;
        found.set(key, { ...place, recordings: (found.get(key)?.recordings ?? 0) + 1 });
      }
      if (next === undefined) return { mounts: [...found.values()] };
      position = next;
    }
    return { mounts: [...found.values()], next: position };
  }
}

/** Where the archive of a mounted recording lies; undefined for any other. */
export function archiveOf(recording: Pick<Recording, 'mediaFiles'>): Omit<MountedArchive, 'recordings'> | undefined {
  if (!isMounted(recording)) return undefined;
  for (const { mediaDescriptor } of recording.mediaFiles) {
    const { path, window } = splitWindow(mediaDescriptor.path) ?? {};
    if (path === undefined || window === undefined) continue;
    const { storage } = mediaDescriptor;
    // A whole file is one of a folder: a member of a ZIP file never begins with its first byte.
    if (window.start > 0) return { storage, path };
    return { storage, path: `${path.split('/').slice(0, -partsBelow).join('/')}/` };
  }
  return undefined;
}
