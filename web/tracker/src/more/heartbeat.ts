// The heart beat: how long a page was really looked at, told by a ping when the visitor turns away.

import { doc, listen, now, win, type Any } from '../tracker';
import type { Part } from './part';

const DEFAULT_SECONDS = 15;
const LEAST_SECONDS = 5;

export const heartbeat = (tracker: Any): Part => {
  let delayMs: number | undefined;
  let focused = 0;
  let last = 0;
  const begin = (): void => {
    focused = focused || now();
  };
  const end = (): void => {
    if (delayMs && focused && now() - focused >= delayMs && now() - last >= delayMs) tracker.ping();
    focused = 0;
  };
  return {
    text: () => {
      last = now();
      return '';
    },
    commands: {
      enableHeartBeatTimer: (seconds = DEFAULT_SECONDS) => {
        if (!doc.hidden) begin();
        if (delayMs == null) {
          listen(win, 'focus', begin);
          listen(win, 'blur pagehide', end);
          listen(doc, 'visibilitychange', () => (doc.hidden ? end() : begin()));
        }
        delayMs = Math.max(seconds, LEAST_SECONDS) * 1000;
      },
      disableHeartBeatTimer: () => {
        delayMs = 0;
      },
    },
  };
};
