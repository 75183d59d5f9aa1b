// What people call segments, and the colours in which they stand beside each other.

import { shallowRef } from 'vue';
import type { SavedSegment } from './api/types';
import { t } from './i18n';
import { parseSegment } from './segments';

/** The saved segments of the site that is shown. */
export const savedSegments = shallowRef<SavedSegment[]>([]);

export const isSameSegment = (a: string, b: string): boolean => a === b || JSON.stringify(parseSegment(a)) === JSON.stringify(parseSegment(b));

/** The name under which a segment was saved, or its conditions. */
export function segmentName(definition: string): string {
  if (!definition) return t('segment.all');
  const saved = savedSegments.value.find((one) => isSameSegment(one.definition, definition));
  if (saved) return saved.name;
  return parseSegment(definition)
    .map((group) => group.map((one) => `${one.segment} ${one.operator} ${one.value}`).join(' | '))
    .join(' & ');
}

/** Names of the custom properties: the chosen segment's, and those of the ones beside it. */
export const OWN_TINT = '--series-1';
export const RIVAL_TINTS = ['--series-3', '--series-4', '--series-5'] as const;
export const rivalTint = (index: number): string => RIVAL_TINTS[index % RIVAL_TINTS.length]!;
