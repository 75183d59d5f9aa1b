// One visitor on several domains of a site: links between them carry the visitor's id.

import { isAmong, parameter } from '../address';
import { doc, listen, nav, seconds, win, type Any } from '../tracker';
import { shortHash } from '../sha1';
import type { Part } from './part';

/** What marks this browser in a link. */
const device = (): string => shortHash(nav.userAgent + nav.language + win.screen.width) + shortHash(nav.userAgent).slice(2);

export const linking = (tracker: Any): Part => {
  let isOn: boolean | undefined;
  const token = (): string => tracker.getVisitorId() + seconds() + device();
  /** Take over the id of a link that was clicked on this device shortly before. */
  const takeOver = (): void => {
    const [, id, time, mark] = /^([\da-f]{16})(\d+)(.{6})$/.exec(parameter(location.href, 'pk_vid')) || [];
    const limit = tracker.getCrossDomainLinkingTimeout();
    if (id && mark == device() && (limit <= 0 || Math.abs(seconds() - +time) <= limit)) tracker.setVisitorId(id);
  };
  const hand = (event: Any): void => {
    const link = event.target.closest('a[href],area[href]');
    if (!isOn || !link || link.hostname == location.hostname || !isAmong(tracker.getDomains(), link.href)) return;
    const url = new URL(link.href);
    url.searchParams.set('pk_vid', token());
    link.href = url.href;
  };
  return {
    commands: {
      enableCrossDomainLinking: () => {
        if (isOn == null) listen(doc, 'click mousedown', hand);
        isOn = true;
        takeOver();
      },
      disableCrossDomainLinking: () => {
        isOn = false;
      },
      isCrossDomainLinkingEnabled: () => !!isOn,
      getCrossDomainLinkingUrlParameter: () => 'pk_vid=' + token(),
    },
  };
};
