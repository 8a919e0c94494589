import {
  challengeMisbehaviours,
  misbehaviours,
  type Misbehaviour,
  type Outcome,
} from '../../../libs/media-storage/src/testing/misbehaviours/index.js';

/** From when on a storage misbehaves. */
export const phases = ['from the first answer on', 'once the recording has been played'] as const;
export type Phase = (typeof phases)[number];

/** A recording of its own in a storage that misbehaves with it. */
export interface PlaybackCase<Form> {
  readonly misbehaviour: Misbehaviour;
  readonly phase: Phase;
  readonly form: Form;
  /** In the storage. */
  readonly path: string;
}

/** Storages that ask for credentials are one storage each, because what one asked for is remembered. */
export const askingFolder = (index: number): string => `asking-${index}`;

/** Every misbehaviour with so many of these forms of recordings; all meet every form, one by one. */
export function playbackCases<Form extends string>(forms: readonly Form[], formsOfEach: number): PlaybackCase<Form>[] {
  const some = (place: number): Form[] => [...forms, ...forms].slice(place % forms.length).slice(0, formsOfEach);
  const cases = misbehaviours.flatMap((misbehaviour, index) =>
    phases.flatMap((phase, place) =>
      some(index + place).map(form => ({ misbehaviour, phase, form, path: `recordings/${index}-${place}-${form}` })),
    ),
  );
  const asking = challengeMisbehaviours.flatMap((misbehaviour, index) =>
    some(index).map(form => ({ misbehaviour, phase: phases[0], form, path: `${askingFolder(index)}/${form}` })),
  );
  return [...cases, ...asking].map(one => ({ ...one, path: `/${one.path.replaceAll(' ', '-')}` }));
}

/** What may come of a playback of such a recording: `right`, the codes of problems, or a body that breaks off. */
export function allowedOutcomes({ mayBeRight, codes }: Outcome, phase: Phase): readonly string[] {
  return [
    ...(mayBeRight || phase === phases[1] ? ['right'] : []),
    // What is not the file that was opened first is that, whatever else is wrong with it.
    ...(codes.length > 0 ? ['broken off', ...codes, 'RCS_STORAGE_CHANGED'] : []),
  ];
}
