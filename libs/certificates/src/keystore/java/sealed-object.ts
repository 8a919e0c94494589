import type { DataInput } from './data-input.js';

const streamMagic = 0xaced;
const streamVersion = 5;
const Marker = {
  null: 0x70,
  reference: 0x71,
  classDescription: 0x72,
  object: 0x73,
  string: 0x74,
  array: 0x75,
  endBlockData: 0x78,
} as const;
const customWriting = 0x01;
const serializable = 0x02;
const deepestNesting = 16;
const mostFields = 64;
const primitiveLengths: Readonly<Record<string, number>> = { B: 1, C: 2, D: 8, F: 4, I: 4, J: 8, S: 2, Z: 1 };

interface ClassDescription {
  readonly name: string;
  /** Type codes of its fields, in the order of their values. */
  readonly fields: readonly string[];
  readonly parent: ClassDescription | undefined;
}

/**
 * Passes over a secret key of a JCEKS keystore, which lies there as a serialized SealedObject and without a length.
 * Of the Java Object Serialization Specification (6.4) it knows what such objects are made of, and never makes an object.
 * @throws RangeError when something else stands there.
 */
export function skipSealedObject(input: DataInput): void {
  if (input.unsignedShort() !== streamMagic || input.unsignedShort() !== streamVersion) {
    throw new RangeError('no serialized object where a secret key is due');
  }
  new SerializedContent(input).skip(0);
}

class SerializedContent {
  /** Descriptions by handle; other things have handles too and leave a gap. */
  private readonly handles: (ClassDescription | undefined)[] = [];

  constructor(private readonly input: DataInput) {}

  skip(depth: number): void {
    if (depth > deepestNesting) throw new RangeError('a serialized object is nested too deeply');
    const marker = this.input.octet();
    switch (marker) {
      case Marker.null:
        return;
      case Marker.reference:
        this.input.unsignedInt();
        return;
      case Marker.string:
        this.handles.push(undefined);
        this.input.text();
        return;
      case Marker.object:
        this.skipObject(depth);
        return;
      case Marker.array:
        this.skipArray(depth);
        return;
      default:
        throw new RangeError('a serialized object of an unknown kind');
    }
  }

  private skipObject(depth: number): void {
    const description = this.description(depth);
    this.handles.push(undefined);
    for (const level of fromTheTop(description)) for (const type of level.fields) this.skipValue(type, depth);
  }

  private skipArray(depth: number): void {
    const description = this.description(depth);
    this.handles.push(undefined);
    const length = this.input.unsignedInt();
    const type = description?.name[1] ?? '';
    const size = primitiveLengths[type];
    if (size === undefined) throw new RangeError('a serialized array of an unknown kind');
    this.input.take(length * size);
  }

  private skipValue(type: string, depth: number): void {
    const length = primitiveLengths[type];
    if (length === undefined) this.skip(depth + 1);
    else this.input.take(length);
  }

  private description(depth: number): ClassDescription | undefined {
    if (depth > deepestNesting) throw new RangeError('a serialized class is nested too deeply');
    const marker = this.input.octet();
    if (marker === Marker.null) return undefined;
    if (marker === Marker.reference) return this.handles[this.input.unsignedInt() - 0x7e0000];
    if (marker !== Marker.classDescription) throw new RangeError('a serialized class of an unknown kind');
    return this.newDescription(depth);
  }

  private newDescription(depth: number): ClassDescription {
    const name = this.input.text();
    this.input.long();
    const handle = this.handles.push(undefined) - 1;
    const flags = this.input.octet();
    if ((flags & serializable) === 0 || (flags & customWriting) !== 0) {
      throw new RangeError('a serialized class that writes itself');
    }
    const fields = this.fields(depth);
    if (this.input.octet() !== Marker.endBlockData) throw new RangeError('a serialized class with annotations');
    const description = { name, fields, parent: this.description(depth + 1) };
    this.handles[handle] = description;
    return description;
  }

  private fields(depth: number): string[] {
    const count = this.input.unsignedShort();
    if (count > mostFields) throw new RangeError('a serialized class with too many fields');
    return Array.from({ length: count }, () => {
      const type = String.fromCharCode(this.input.octet());
      this.input.text();
      if (primitiveLengths[type] === undefined) this.skip(depth + 1);
      return type;
    });
  }
}

/** Values stand from the highest class down. */
function fromTheTop(description: ClassDescription | undefined): ClassDescription[] {
  const levels: ClassDescription[] = [];
  for (let level = description; level !== undefined; level = level.parent) levels.unshift(level);
  return levels;
}
