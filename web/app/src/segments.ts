// Segment definitions as a person edits them: conditions joined by "and" (;), each with alternatives joined by "or" (,).

export const OPERATORS = ['==', '!=', '=@', '!@', '=^', '=$', '>', '>=', '<', '<='] as const;
export type Operator = (typeof OPERATORS)[number];
export const TEXT_OPERATORS: readonly Operator[] = ['==', '!=', '=@', '!@', '=^', '=$'];
export const NUMBER_OPERATORS: readonly Operator[] = ['==', '!=', '>', '>=', '<', '<='];

export interface Condition {
  segment: string;
  operator: Operator;
  value: string;
}
/** All of the outer hold, each by any of its inner ones. */
export type Definition = Condition[][];

const PATTERN = /^([^=!<>]+?)(==|!=|=@|!@|=\^|=\$|>=|<=|>|<)(.*)$/s;

/** Values are escaped twice where a definition stands, once by the definition and once by the address. */
const decode = (value: string): string => {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
};
const unescape = (value: string): string => decode(value.includes('%25') ? decode(value) : value);

/** Splits at a separator that no backslash escapes. */
function split(text: string, separator: string): string[] {
  const parts: string[] = [''];
  for (let index = 0; index < text.length; index++) {
    const one = text[index]!;
    if (one === '\\' && index + 1 < text.length) parts[parts.length - 1] += one + text[++index]!;
    else if (one === separator) parts.push('');
    else parts[parts.length - 1] += one;
  }
  return parts;
}

export function parseSegment(definition: string): Definition {
  if (!definition.trim()) return [];
  const readable = /(==|!=|=@|!@|=\^|=\$|>=|<=|>|<)/.test(definition) ? definition : decode(definition);
  return split(readable, ';').map((group) =>
    split(group, ',').map((one) => {
      const match = PATTERN.exec(one);
      return match
        ? { segment: match[1]!, operator: match[2] as Operator, value: unescape(match[3]!).replace(/\\([,;\\])/g, '$1') }
        : { segment: one, operator: '==' as Operator, value: '' };
    }),
  );
}

export const formatSegment = (definition: Definition): string =>
  definition
    .filter((group) => group.length)
    .map((group) => group.map((one) => `${one.segment}${one.operator}${encodeURIComponent(one.value)}`).join(','))
    .join(';');

/** One more condition that has to hold. */
export const narrowed = (definition: string, further: string): string =>
  formatSegment([...parseSegment(definition), ...parseSegment(further)]);
