// Clicks on links: outlinks and downloads.

import { isAmong, purify } from './address';
import { pair, track } from './request';
import { decode, listen, t, type Any, type Callback } from './tracker';

const hasClass = (link: Any, name: string, more: string[]): boolean =>
  RegExp('(^|\\s)(' + ['(piwik|matomo)[_-]' + name, ...more].join('|') + ')(\\s|$)').test(link.className);

/** What a click on a link is reported as: 'link', 'download', or '' if it is not. */
const kindOf = (link: Any): string => {
  const { href } = link;
  return /^(\w*script|mocha|mailto|tel):/i.test(href) || (t.TrackerUrl && href.startsWith(t.TrackerUrl)) || hasClass(link, 'ignore', t.IgnoreClasses) ? ''
    : hasClass(link, 'link', t.LinkClasses) ? 'link'
    : link.hasAttribute('download') || hasClass(link, 'download', t.DownloadClasses) ||
      RegExp('\\.(?!(' + t.notDownloads_.join('|') + ')([?&#]|$))(' + t.DownloadExtensions.join('|') + ')([?&#]|$)', 'i').test(href) ? 'download'
    : isAmong(t.Domains, href) ? ''
    : 'link';
};

/** `source` is what was clicked: plug-ins may have something to say about it. */
export const trackLink = (url: string, kind: string, given?: Any, callback?: Callback, source?: Any): Any =>
  track(pair(kind, purify(url)).slice(1), given, callback, 'link', { url, source });

/** Report clicks below an element; `isThorough` takes middle clicks and context menus for clicks as well. */
export const watchLinks = (element: Any, isThorough?: boolean): void => {
  let pressed: Any;
  listen(element, isThorough ? 'click mousedown mouseup contextmenu' : 'click', ({ type, target, button }: Any) => {
    const isMiddle = isThorough && button == 1;
    const isClick = type == 'mouseup' ? isMiddle && pressed == target : type != 'mousedown' && !isMiddle;
    pressed = type == 'mousedown' && target;
    const link = isClick && target.closest('a[href],area[href]');
    const kind = link && kindOf(link);
    if (kind) trackLink(decode(link.href), kind, 0, undefined, target);
  });
};
