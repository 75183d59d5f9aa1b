// The lines of a visit tell the site's clock as if it were that of UTC; the visit itself tells moments.

import type { Visit } from '@/api/types';

/** How far offsets of time zones lie apart, in seconds. */
const STEP = 900;

/** Seconds by which the lines of a visit are ahead of its moments: whole quarters of an hour. */
export const clockAhead = ({ actionDetails: [line], firstActionTimestamp }: Pick<Visit, 'actionDetails' | 'firstActionTimestamp'>): number =>
  line ? Math.round((line.timestamp - firstActionTimestamp) / STEP) * STEP : 0;
