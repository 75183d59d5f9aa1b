// What a part of the optional commands is, and what all of them use.

import { encode, isGiven, type Any } from '../tracker';

/** Commands for one tracker, what they add to each of its requests, and to a click on a link. */
export interface Part {
  commands: Record<string, Any>;
  text?: () => string;
  link?: (about: { source: Any; url: string }) => string;
}

/** `&name=value`, or nothing if there is no value. */
export const pair = (name: string, value: Any): string => (isGiven(value) ? '&' + name + '=' + encode(value) : '');
