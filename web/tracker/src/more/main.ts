// Commands that few pages need, in a script of their own: a plug-in of the tracker that uses its public commands only.

import { doc, guard, listen, parse, stringify, whenReady, win, type Any } from '../tracker';
import { content } from './content';
import { heartbeat } from './heartbeat';
import { linking } from './linking';
import type { Part } from './part';
import { shop } from './shop';
import { variables } from './variables';

const page = (tracker: Any): Part => {
  const seen = new Set<string>();
  return {
    commands: {
      enableJSErrorTracking: () =>
        listen(win, 'error', ({ message, filename, lineno, colno }: Any) => {
          const place = filename + ':' + lineno + (colno ? ':' + colno : '');
          if (!message || seen.has(place + message)) return;
          seen.add(place + message);
          tracker.trackEvent('JavaScript Errors', place, message);
        }),
      enableWebVitals: () => {
        const script = doc.createElement('script');
        script.src = tracker.getMatomoUrl() + 'tidemark-vitals.js';
        doc.head.append(script);
      },
      killFrame: () => {
        if (win.top != win) win.top.location = location;
      },
      redirectFile: (url: string) => {
        if (location.protocol == 'file:') location.assign(url);
      },
    },
  };
};

const PARTS = [shop, variables, linking, heartbeat, content, page];

/** The parts of each tracker. */
const partsOf = new Map<Any, Part[]>();

/** What an opt-out form in a frame of the server asks and wants: whether the visitor is tracked. */
const answer = ({ origin, data, source }: Any): void => {
  const trackers: Any[] = win.Matomo.getAsyncTrackers();
  const tracker = trackers.find((one) => new URL(one.getMatomoUrl(), location.href).origin == origin);
  const { maq_initial_value: initial, maq_opted_in: isIn } = parse(data);
  if (!tracker || (initial == null && isIn == null)) return;
  if (isIn != null) trackers.forEach((one) => (isIn ? one.rememberConsentGiven() : one.forgetConsentGiven()));
  const state = { maq_url: tracker.getMatomoUrl(), maq_optout_by_default: tracker.isConsentRequired() };
  source.postMessage(stringify({ [isIn == null ? 'maq_opted_in' : 'maq_confirm_opted_in']: tracker.hasConsent(), ...state }), origin);
};

guard(() => {
  const { Matomo } = win;
  Matomo.answer = guard(answer);
  Matomo.DOM = { onLoad: (action: Any) => whenReady(true, action), onReady: (action: Any) => whenReady(false, action) };
  Matomo.addPlugin('Tidemark', {
    request: ({ tracker }: Any) => (partsOf.get(tracker) || []).map((part) => part.text?.() || '').join(''),
    link: ({ tracker, ...about }: Any) => (partsOf.get(tracker) || []).map((part) => part.link?.(about) || '').join(''),
    log: ({ tracker }: Any) => void tracker.clearTrackedContentImpressions(),
  });
  Matomo.extend((tracker: Any) => {
    const parts = PARTS.map((make) => make(tracker));
    partsOf.set(tracker, parts);
    return Object.assign({}, ...parts.map((part) => part.commands));
  });
})();

