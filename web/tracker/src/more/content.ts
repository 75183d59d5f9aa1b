// Content blocks: parts of a page that are marked, whose views and uses are counted.

import { absolute } from '../address';
import { doc, later, listen, whenReady, win, type Any } from '../tracker';
import { pair, type Part } from './part';

/** Name, piece and target of a block. */
type Block = [string, string, string];

const classes = (name: string): string => '.matomo' + name + ',.piwik' + name;

const BLOCK = '[data-track-content],' + classes('TrackContent');
const IGNORED = '[data-content-ignoreinteraction],' + classes('ContentIgnoreInteraction');
const UNKNOWN = 'Unknown';
const SCROLL_MS = 100;
const SCAN_MS = 750;

/** The node itself if it fits, else the first below it that does. */
const first = (node: Any, selector: string): Any => (node.matches(selector) ? node : node.querySelector(selector));

/** The part of a block that is marked by an attribute, with a value if there is one, or by a class. */
const part = (node: Any, name: string): Any => {
  const attribute = 'data-content-' + name.toLowerCase();
  return first(node, `[${attribute}]:not([${attribute}=""])`) || first(node, `[${attribute}]`) || first(node, classes('Content' + name));
};

const value = (node: Any, attribute: string): string => node?.getAttribute(attribute) || '';

const mediaUrl = (node: Any): string => {
  const source =
    (node.matches('object') && (value(node, 'data') || value(node.querySelector('[name=movie]'), 'value'))) ||
    (node.matches('img,embed,video,audio,object') && value(first(node, '[src]'), 'src'));
  return source ? absolute(source) : '';
};

const describe = (node: Any): Block => {
  const pieceNode = part(node, 'Piece') || node;
  const targetNode = part(node, 'Target') || node;
  const piece = value(pieceNode, 'data-content-piece') || mediaUrl(pieceNode);
  const shown = piece.startsWith(location.origin) ? piece.slice(location.origin.length) || '/' : piece;
  const title = value(node, 'title') || value(pieceNode, 'title') || value(targetNode, 'title');
  const href = value(targetNode, 'href') || value(pieceNode, 'href');
  return [
    value(part(node, 'Name'), 'data-content-name') || shown || title || UNKNOWN,
    piece || UNKNOWN,
    value(targetNode, 'data-content-target') || (href && absolute(href)),
  ];
};

/** The block that a click on an element uses; undefined if it is none, or the click is not meant for its target. */
const clickedBlock = (element: Any): Any => {
  const block = element?.closest?.(BLOCK);
  const target = block && (part(block, 'Target') || block);
  return target?.contains(element) && !target.matches(IGNORED) ? block : undefined;
};

const parameters = ([name, piece, target]: Block, used?: string): string =>
  (pair('c_i', used?.trim()) + pair('c_n', name.trim()) + pair('c_p', piece.trim()) + pair('c_t', target.trim())).slice(1);

/** Whether an element takes room and is shown, at or above what the window shows. */
const isSeen = (element: Any): boolean => {
  const { top, right, left, height } = element.getBoundingClientRect();
  const isShown = element.checkVisibility?.({ opacityProperty: true, visibilityProperty: true }) !== false;
  return isShown && height > 0 && right > 0 && left < win.innerWidth && top < win.innerHeight;
};

export const content = (tracker: Any): Part => {
  const found = new Set<Any>();
  let sent = new Set<string>();
  let isVisibleOnly = false;
  /** The element whose click went out with a link. */
  let linked: Any;
  const request = (block: Block, used?: string): string =>
    tracker.getRequest(parameters(block, used) + '&ca=1', null, used ? 'contentInteraction' : 'contentImpression');
  const queue = (block: Block, used?: string): void => tracker.queueRequest(request(block, used), true);
  const click = (event: Any): void => {
    const block = clickedBlock(event.target);
    if (found.has(block) && linked != event.target) {
      tracker.trackRequest(parameters(describe(block), 'click') + '&ca=1', null, undefined, 'contentInteraction');
    }
    linked = undefined;
  };
  const scan = (root: Any): void => {
    const news: Block[] = [];
    [root, ...root.querySelectorAll(BLOCK)].forEach((node) => {
      if (!node.matches?.(BLOCK) || (isVisibleOnly && !isSeen(node))) return;
      const block = describe(node);
      if (!found.size) listen(doc, 'click', click);
      found.add(node);
      if (!sent.has(block + '')) news.push(block);
      sent.add(block + '');
    });
    news.forEach((block) => queue(block));
    if (news.length) tracker.queueRequest();
  };
  const watch = (onScroll: boolean, intervalMs: number): void => {
    let timer: Any;
    const again = (): void => {
      scan(doc);
      later(again, intervalMs);
    };
    if (intervalMs > 0) later(again, intervalMs);
    if (!onScroll) return;
    listen(win, 'scroll resize', () => {
      timer = timer || later(() => {
        timer = 0;
        scan(doc);
      }, SCROLL_MS);
    });
  };
  return {
    link: ({ source, url }) => {
      const block = clickedBlock(source);
      linked = source;
      if (!block) return '';
      const [name, piece, target] = describe(block);
      return '&' + parameters([name, piece, target || url], 'click');
    },
    commands: {
      trackAllContentImpressions: () => whenReady(false, () => scan(doc)),
      trackVisibleContentImpressions: (onScroll = true, intervalMs = SCAN_MS) => {
        const isFirst = !isVisibleOnly;
        isVisibleOnly = true;
        whenReady(true, () => {
          scan(doc);
          if (isFirst) watch(onScroll, intervalMs);
        });
      },
      trackContentImpressionsWithinNode: (node: Any) => node && whenReady(isVisibleOnly, () => scan(node)),
      trackContentImpression: (name: string, piece?: string, target?: string) => name && queue([name, piece || UNKNOWN, target || '']),
      trackContentInteraction: (used: string, name: string, piece?: string, target?: string) =>
        used && name && queue([name, piece || UNKNOWN, target || ''], used),
      trackContentInteractionNode: (node: Any, used = UNKNOWN) => {
        const block = node?.closest(BLOCK);
        if (block) queue(describe(block), used);
      },
      clearTrackedContentImpressions: () => {
        sent = new Set();
      },
      logAllContentBlocksOnPage: () => console.log([...doc.querySelectorAll(BLOCK)].map(describe)),
    },
  };
};
