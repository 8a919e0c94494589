/** type "/" subtype parameters (RFC 9110 section 8.3.1), such as `audio/webm;codecs=opus`. */
export const mediaTypeSyntax = new RegExp(
  String.raw`^([\w!#$&^.+-]+/[\w!#$&^.+-]+)((?:[ \t]*;[ \t]*[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[\x20\x21\x23-\x5b\x5d-\x7e]*"))*)$`,
);

/** Whether a text is a media type, with or without parameters. */
export const isMediaType = (text: string): boolean => mediaTypeSyntax.test(text);
