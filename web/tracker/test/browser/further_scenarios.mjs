// More of the recorded visits; as in scenarios.mjs. `skips`: hits of an earlier visit by the same person, not compared.

import { boot, by, event, lookAtBoot, lookAtSneaker, open, run, sneaker, VIEW, withoutMissingAmounts } from './scenarios.mjs';

const withoutBeacon = (...more) => [['disableAlwaysUseSendBeacon'], ...more, ...VIEW];
const tweet = 'https://t.co/AbCdEfG';
const news = 'https://news.example.com/articles/best-shops?page=2';
const old = 'https://old.example.com/links.html';
const socks = ['addEcommerceItem', 'SOCK', 'Wool socks', ['Accessories', 'Socks'], 9.99, 3];
const blog = 'https://blog.example.org/blog/hello-world';
const domains = (title) => [['setDocumentTitle', title], ['setCookieDomain', '*.example.org'], ['setDomains', ['*.example.org']], ...VIEW];
const amounts = (hits) => hits.map((hit) => ({ ...hit, params: withoutMissingAmounts(hit.params) }));
const AMOUNTS = 'Amounts of an order that were not given are left out; the real script sends the text `undefined` (or `false`).';
const KEPT = 'A failed POST is not sent again as an image at once but kept and repeated';

/** A visit of somebody who came before. */
const again = (...steps) => ({ skips: 1, steps: [open('/contact'), { wait: 1 }, ...steps] });
const buy = (item, ...order) => [
  open('/cart'),
  { wait: 2 },
  open('/order/confirmation'),
  { wait: 3 },
  run(item, ['trackEcommerceOrder', ...order]),
];

export const FURTHER = {
  duckduckgo: { steps: [by('https://duckduckgo.com/', '/'), by('/', '/blog/hello-world')] },
  twitter: { steps: [by(tweet, '/blog/hello-world'), by('/blog/hello-world', '/contact')] },
  'chatgpt-plain': { steps: [by('https://chatgpt.com/', '/')] },
  'website-referrer': { steps: [by(news, '/'), by('/', '/category/shoes')] },
  youtube: { steps: [by('https://www.youtube.com/watch?v=abc', '/product/red-sneaker')] },
  'site-search-url': {
    steps: [open('/search?q=red%20shoes&search_cat=all&search_count=5'), open('/search?q=обувь'), open('/search?query=Wool+socks')],
    matches: ({ url, ...params }) => ({ ...params, url: decodeURIComponent(url) }),
  },
  'goal-url': { steps: [by('https://www.instagram.com/', '/contact'), open('/contact/thanks')] },
  'ecommerce-order': {
    steps: [
      by('https://www.bing.com/', '/product/blue-boot', { head: [lookAtBoot, ...VIEW] }),
      { wait: 1 },
      run(boot(1), ['trackEcommerceCartUpdate', 120]),
      open('/cart'),
      { wait: 3 },
      open('/order/confirmation'),
      { wait: 4 },
      run(boot(1), socks, ['trackEcommerceOrder', 'ORD-1001', 154.92, 149.97, 23.95, 4.95, false]),
    ],
    differs: AMOUNTS,
    adapt: amounts,
  },
  'dnt-header': { steps: [open('/')] },
  'consent-remembered': {
    skips: 2,
    steps: [
      open('/contact', { head: [['requireConsent'], ...VIEW] }),
      run(['rememberConsentGiven']),
      { wait: 2 },
      open('/', { head: [['requireConsent'], ...VIEW] }),
    ],
  },
  'subdomain-alias': {
    steps: [
      open('/', { head: domains('shop.example.org/Demo Shop - Home') }),
      { wait: 1 },
      by('/', blog, { head: domains('blog.example.org/Hello world – Blog'), referrerPolicy: 'origin' }),
    ],
  },
  'get-with-image': { steps: [open('/', { head: withoutBeacon() }), { wait: 1 }, run(['trackPageView', 'callback'])] },
  'post-xhr-text': { steps: [open('/', { head: withoutBeacon(['setRequestMethod', 'POST'], ['setRequestContentType', 'text/plain']) })] },
  'post-xhr-json-type': { steps: [open('/', { head: withoutBeacon(['setRequestContentType', 'application/json']) })] },
  'long-request': {
    steps: [
      open('/', { head: [['setDocumentTitle', `Long title ${'lorem ipsum '.repeat(220)}`.slice(0, 2650)], ...VIEW] }),
      { wait: 1 },
      run(event('Long', 'x'.repeat(2500))),
    ],
    matches: ({ action_name: title, ...params }) => ({ ...params, ...(title && { action_name: title.trim() }) }),
  },
  'queue-xhr': {
    steps: [
      open('/', { head: withoutBeacon() }),
      { wait: 1 },
      run(['queueRequest', 'action_name=Queued%201'], ['queueRequest', 'action_name=Queued%202'], ['queueRequest']),
    ],
  },
  'server-error': { steps: [open('/'), by('/', '/category/shoes')] },
  'server-error-xhr': {
    steps: [open('/', { head: withoutBeacon(['setRequestMethod', 'POST']) })],
    differs: KEPT,
    adapt: (hits) => hits.filter((hit) => hit.method === 'POST'),
  },
  'server-error-image': { steps: [open('/', { head: withoutBeacon() })] },
  'not-found': {
    steps: [
      by(old, '/missing/page.html?x=1', {
        head: [['setDocumentTitle', `404/URL = ${encodeURIComponent('/missing/page.html?x=1')}/From = ${encodeURIComponent(old)}`], ...VIEW],
      }),
    ],
  },
  'session-params': {
    steps: [
      open('/category/shoes;jsessionid=ABC123?PHPSESSID=deadbeef&sid=9&color=red&fbclid=zzz#frag'),
      open('/category/shoes/?color=red&size=42#/tab/2'),
      open('/index.html'),
    ],
  },
  'bot-ua': { steps: [open('/')] },
  'page-unload': { steps: [open('/'), { wait: 1 }, run(['ping'])] },
  'pause-31min': { steps: [open('/'), by('/', '/category/shoes')] },
  midnight: { steps: [open('/'), by('/', '/category/shoes')] },
  'long-visit': {
    steps: ['/', '/category/shoes', '/product/red-sneaker', '/product/blue-boot', '/blog/hello-world', '/contact', '/category/shoes', '/'].flatMap((path, index) => [
      open(path),
      { wait: index + 1 },
    ]),
  },
  'return-A': again(...buy(sneaker, 'ORD-1003', 64.85, 59.9, 9.56, 4.95, 0)),
  'return-E-day2': again(open('/product/red-sneaker', { head: [lookAtSneaker, ...VIEW] })),
  'return-F': { ...again(...buy(['addEcommerceItem', 'RS-1', 'Red sneaker', ['Shoes', 'Sneakers'], 59.9, 2], 'ORD-1004', 119.8)), differs: AMOUNTS, adapt: amounts },
};

/** Recorded visits that are not played again, each with its reason. */
export const NOT_PLAYED = {
  'content-node': 'it begins with an element of the page, which no list of commands can name',
  heartbeat: 'it takes the seconds that a person looks at the page',
  'same-origin-tracker': 'the tracking server is the shop itself',
  'multi-tracker': 'both trackers have one server and one site, so their hits cannot be told apart',
  'return-A-day2': 'it depends on the referrer of the day before',
  'return-B': 'it depends on the campaign of the visit before',
  'return-H': 'it depends on the referrer of the visit before',
  'return-J-day2': 'it depends on the campaign of the day before',
};
