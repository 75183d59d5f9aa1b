// What a visitor and the page did in the recorded visits of the real script, so that ours can be put through the same.
// Steps: open (a page by link, address or search), paq (commands of the page once loaded), click, wait (for so many hits).

export const SHOP = 'https://shop.example.org';

export const TITLES = {
  '/': 'Demo Shop - Home',
  '/category/shoes': 'Shoes & Boots',
  '/product/red-sneaker': 'Red sneaker | Demo Shop',
  '/product/blue-boot': 'Blue boot | Demo Shop',
  '/blog/hello-world': 'Hello world – Blog',
  '/contact': 'Contact',
  '/contact/thanks': 'Contact / Thanks',
  '/cart': 'Your cart',
  '/order/confirmation': 'Thank you for your order',
  '/search': 'Search results',
};

export const VIEW = [['trackPageView'], ['enableLinkTracking']];

export const open = (path, more = {}) => ({ open: path, ...more });
export const by = (referer, path, more = {}) => ({ open: path, referer, ...more });
export const run = (...paq) => ({ paq });
export const event = (...values) => ['trackEvent', ...values];
export const sneaker = ['addEcommerceItem', 'RS-1', 'Red sneaker', ['Shoes', 'Sneakers'], 59.9, 1];
export const boot = (quantity) => ['addEcommerceItem', 'BB-2', 'Blue boot', 'Shoes', 120, quantity];
export const lookAtSneaker = ['setEcommerceView', 'RS-1', 'Red sneaker', ['Shoes', 'Sneakers'], 59.9];
export const lookAtBoot = ['setEcommerceView', 'BB-2', 'Blue boot', 'Shoes', 120];
const bing = 'https://www.bing.com/search?q=winter boots&form=QBLH';

export const BLOCKS = `
  <div data-track-content data-content-name="Newsletter box" data-content-piece="Subscribe text"><a data-content-target href="/contact">Yes</a></div>
  <a id="sale" data-track-content href="/category/shoes?sale=1" data-content-name="Summer sale" data-content-piece="banner-summer.jpg">Sale</a>
  <div class="matomoTrackContent"><a class="matomoContentTarget" href="https://partner.example.com/ad">Ad</a></div>`;

/** Visit -> steps, and where ours knowingly differs: [what of the recorded hits is changed, why]. */
export const VISITS = {
  'direct-home': { steps: [open('/'), by('/', '/category/shoes'), by('/category/shoes', '/product/red-sneaker')] },
  'google-search': { steps: [by('https://www.google.com/', '/blog/hello-world'), by('/blog/hello-world', '/')] },
  'google-with-query': { steps: [by('https://www.google.co.uk/search?q=red+sneaker+cheap&ie=utf-8', '/product/red-sneaker')] },
  bing: { steps: [by(bing, '/category/shoes'), by('/category/shoes', '/product/red-sneaker'), by(bing, '/category/shoes')] },
  facebook: { steps: [by('https://l.facebook.com/l.php?u=x', '/product/blue-boot?fbclid=IwAR0abcdef123')] },
  chatgpt: {
    steps: [
      by('https://chatgpt.com/', '/blog/hello-world?utm_source=chatgpt.com'),
      by('/blog/hello-world?utm_source=chatgpt.com', '/product/red-sneaker'),
    ],
  },
  'yandex-baidu': {
    steps: [by('https://yandex.ru/search/?text=%D0%BA%D1%80%D0%BE%D1%81%D1%81%D0%BE%D0%B2%D0%BA%D0%B8', '/'), open('/category/shoes')],
  },
  utm: {
    steps: [
      open('/?utm_source=newsletter&utm_medium=email&utm_campaign=Autumn%20Sale&utm_term=boots&utm_content=header&utm_id=77'),
      by('/?utm_source=newsletter&utm_medium=email&utm_campaign=Autumn%20Sale&utm_term=boots&utm_content=header&utm_id=77', '/product/red-sneaker'),
    ],
  },
  mtm: {
    steps: [
      open('/category/shoes?mtm_campaign=Spring_Promo&mtm_kwd=sneaker&mtm_source=partner&mtm_medium=cpc&mtm_content=ad1&mtm_cid=C9&mtm_group=g1&mtm_placement=top'),
    ],
  },
  'pk-old': { steps: [open('/?pk_campaign=Legacy&pk_kwd=old+keyword'), by('/?pk_campaign=Legacy&pk_kwd=old+keyword', '/category/shoes')] },
  'campaign-hash': { steps: [open('/#mtm_campaign=HashCamp&mtm_kwd=hash')] },
  gclid: { steps: [by('https://www.google.com/', '/product/blue-boot?gclid=EAIaIQobChMI&utm_source=google&utm_medium=cpc&utm_campaign=brand')] },
  'campaign-custom-names': {
    steps: [open('/?cmp=MyOwn&kw=word', { head: [['setCampaignNameKey', 'cmp'], ['setCampaignKeywordKey', ['kw']], ...VIEW] })],
  },
  'campaign-disabled': { steps: [open('/?utm_source=x&utm_campaign=Hidden', { head: [['disableCampaignParameters'], ...VIEW] })] },
  outlink: {
    steps: [open('/', { body: '<a id="x" href="https://partner.example.com/deals?id=7">x</a>' }), { wait: 1 }, { click: '#x' }],
  },
  'outlink-middle': {
    steps: [
      open('/category/shoes', { head: [['trackPageView'], ['enableLinkTracking', true]], body: '<a id="x" href="https://www.w3.org/TR/html52/#top">x</a>' }),
      { wait: 1 },
      { click: '#x', button: 'middle' },
    ],
  },
  downloads: {
    steps: [
      open('/blog/hello-world', {
        body: '<a id="a" href="/files/brochure.pdf">a</a> <a id="b" href="/files/price%20list%202026.zip?v=3">b</a> <a id="c" class="matomo_download" href="/files/manual">c</a>',
      }),
      { wait: 1 },
      { click: '#a' },
      { wait: 2 },
      { click: '#b' },
      { wait: 3 },
      { click: '#c', follows: true },
    ],
  },
  'links-ignored-and-mail': {
    steps: [
      open('/contact', {
        body: '<a id="a" href="mailto:a@example.org">a</a> <a id="b" class="matomo_ignore" href="https://partner.example.com/">b</a> <a id="c" href="#top">c</a> <a id="d" href="javascript:void(0)">d</a>',
      }),
      { wait: 1 },
      ...['#a', '#b', '#c', '#d'].map((click) => ({ click })),
    ],
  },
  'track-link-manual': {
    steps: [
      open('/'),
      { wait: 1 },
      run(['trackLink', 'https://partner.example.com/manual?x=1&y=2', 'link'], ['trackLink', `${SHOP}/files/manual-v2.docx`, 'download']),
    ],
  },
  'download-extensions': {
    steps: [
      open('/', {
        head: [['setDownloadExtensions', 'csv|foo'], ...VIEW],
        body: '<a id="a" href="/files/brochure.pdf">a</a> <a id="b" href="/files/data.csv">b</a>',
      }),
      { wait: 1 },
      { click: '#a' },
      { click: '#b' },
    ],
  },
  'site-search': {
    steps: [
      open('/search?q=boots', { head: [['trackSiteSearch', 'boots', 'Shoes', 12]] }),
      open('/search?q=unobtainium', { head: [['trackSiteSearch', 'unobtainium', false, 0]] }),
      by('/search?q=unobtainium', '/product/red-sneaker'),
    ],
  },
  'site-search-dims': { steps: [open('/search?q=x', { head: [['trackSiteSearch', '靴', 'Cat A', 3, { dimension2: 'search' }]] })] },
  events: {
    steps: [
      open('/blog/hello-world'),
      { wait: 1 },
      run(
        event('Video', 'play', 'Intro movie'),
        event('Video', 'pause', 'Intro movie', 30.5),
        event('Form', 'submit', 'newsletter', 1),
        event('Menu', 'open'),
        event('Video', 'play', 'Überblick & more', 0, { dimension2: 'event-dim' }),
      ),
    ],
  },
  'events-invalid': {
    steps: [open('/'), { wait: 1 }, run(event('', 'Act'), event('Cat', ''), event('Cat', 'Act', 'Name', 'not-a-number'))],
  },
  'goal-manual': {
    steps: [
      by('https://www.google.com/', '/'),
      by('/', '/contact'),
      { wait: 2 },
      run(['trackGoal', 1], ['trackGoal', 1, 12.5]),
    ],
  },
  'goal-dims': { steps: [open('/'), { wait: 1 }, run(['trackGoal', 1, 5, { dimension2: 'goal-dim' }])] },
  'ecommerce-view': {
    steps: [
      open('/category/shoes', { head: [['setEcommerceView', false, false, 'Shoes'], ...VIEW] }),
      open('/product/red-sneaker', { head: [lookAtSneaker, ...VIEW] }),
      open('/product/blue-boot', { head: [lookAtBoot, ...VIEW] }),
    ],
  },
  'ecommerce-cart': {
    steps: [
      open('/product/red-sneaker', { head: [lookAtSneaker, ...VIEW] }),
      { wait: 1 },
      run(sneaker, ['trackEcommerceCartUpdate', 59.9]),
      { wait: 2 },
      open('/cart'),
      { wait: 3 },
      run(sneaker, boot(2), ['trackEcommerceCartUpdate', 299.9], ['removeEcommerceItem', 'BB-2'], ['trackEcommerceCartUpdate', 59.9]),
    ],
  },
  'ecommerce-order-discount': {
    steps: [
      by('https://pay.example.com/return', '/order/confirmation'),
      { wait: 1 },
      run(
        ['addEcommerceItem', 'JP-1', '靴下', 'アクセサリー', 1500, 2],
        ['addEcommerceItem', 'NOCAT', 'No category', '', 0, 1],
        ['addEcommerceItem', 'FIVE', 'Five cats', ['a', 'b', 'c', 'd', 'e', 'f'], 1, 1],
        ['trackEcommerceOrder', 'ORD-1002', 3001, 3001, 0, 0, 300],
        ['trackEcommerceOrder', 'ORD-1002', 3001],
      ),
    ],
    differs: 'Amounts of an order that were not given are left out; the real script sends the text `undefined` (or `false`).',
    adapt: (hits) => hits.map((hit) => ({ ...hit, params: withoutMissingAmounts(hit.params) })),
  },
  'ecommerce-clear': {
    steps: [open('/cart'), { wait: 1 }, run(sneaker, ['clearEcommerceCart'], ['trackEcommerceCartUpdate', 0])],
  },
  'content-all': {
    steps: [
      open('/', { body: BLOCKS, head: [...VIEW, ['trackAllContentImpressions']] }),
      { wait: 4 },
      { click: '#sale', follows: true },
    ],
  },
  'content-visible': { steps: [open('/', { body: BLOCKS, head: [...VIEW, ['trackVisibleContentImpressions']] })] },
  'content-manual': {
    steps: [
      open('/blog/hello-world'),
      { wait: 1 },
      run(
        ['trackContentImpression', 'Ad Foo', 'foo.jpg', 'https://partner.example.com/foo'],
        ['trackContentInteraction', 'click', 'Ad Foo', 'foo.jpg', 'https://partner.example.com/foo'],
        ['trackContentInteraction', 'submit', 'Form Bar'],
      ),
    ],
  },
  'custom-dimensions': {
    steps: [
      open('/', { head: [['setCustomDimension', 1, 'premium'], ['setCustomDimension', 2, 'home page'], ...VIEW] }),
      open('/category/shoes', { head: [['setCustomDimension', 2, 'category'], ...VIEW] }),
      { wait: 2 },
      run(['trackPageView', 'Inline dims', { dimension2: 'inline', dimension3: 'v3' }]),
    ],
  },
  'custom-variables': {
    steps: [
      open('/', {
        head: [
          ['storeCustomVariablesInCookie'],
          ['setCustomVariable', 1, 'Plan', 'gold', 'visit'],
          ['setCustomVariable', 2, 'Section', 'home', 'page'],
          ...VIEW,
        ],
      }),
      by('/', '/category/shoes'),
      { wait: 2 },
      run(['setCustomVariable', 3, 'Ev', 'v', 'event'], ['deleteCustomVariable', 1, 'visit'], event('CV', 'event')),
    ],
  },
  'user-id': {
    steps: [
      open('/'),
      { wait: 1 },
      run(['setUserId', 'jane@example.org'], ['trackPageView', 'Logged in']),
      by('/', '/category/shoes', { head: [['setUserId', 'jane@example.org'], ...VIEW] }),
      { wait: 3 },
      run(['resetUserId'], ['appendToTrackingUrl', 'new_visit=1'], ['trackPageView', 'Logged out']),
    ],
  },
  'visitor-id': { steps: [open('/', { head: [['setVisitorId', '0123456789abcdef'], ...VIEW] })] },
  ping: { steps: [open('/blog/hello-world'), { wait: 1 }, run(['ping'], ['ping'])] },
  performance: {
    steps: [
      open('/category/shoes', { head: [['setPagePerformanceTiming', 11, 120, 45, 300, 80, 25], ...VIEW] }),
      open('/', { head: [['disablePerformanceTracking'], ...VIEW] }),
    ],
  },
  consent: {
    steps: [
      open('/', { head: [['requireConsent'], ...VIEW] }),
      run(['rememberConsentGiven']),
      { wait: 2 },
      by('/', '/category/shoes', { head: [['requireConsent'], ...VIEW] }),
    ],
  },
  'cookie-consent': {
    steps: [
      open('/', { head: [['requireCookieConsent'], ...VIEW] }),
      { wait: 1 },
      run(['rememberCookieConsentGiven'], event('Cookies', 'accepted')),
      { wait: 3 },
      by('/', '/category/shoes', { head: [['requireCookieConsent'], ...VIEW] }),
    ],
  },
  'cookies-disabled': {
    steps: ['/', '/category/shoes', '/product/red-sneaker'].map((path, i, all) =>
      open(path, { ...(i && { referer: all[i - 1] }), head: [['disableCookies'], ...VIEW] }),
    ),
  },
  'opt-out': {
    steps: [open('/'), { wait: 1 }, run(['optUserOut'], event('No', 'track'), ['forgetUserOptOut'], event('Yes', 'track'))],
    differs: 'What happens while the visitor is opted out is forgotten; the real script keeps it and sends it once the opt-out is taken back.',
    adapt: (hits) => hits.filter((hit) => hit.params.e_c !== 'No'),
  },
  'no-browser-features': { steps: [open('/', { head: [['disableBrowserFeatureDetection'], ...VIEW] })] },
  'cookie-options': {
    steps: ['/', '/category/shoes'].map((path, i) =>
      open(path, {
        ...(i && { referer: '/' }),
        head: [
          ['setCookieNamePrefix', '_mt_'],
          ['setCookieDomain', '*.example.org'],
          ['setSecureCookie', true],
          ['setCookieSameSite', 'Strict'],
          ...VIEW,
        ],
      }),
    ),
  },
  'cross-domain': {
    steps: [
      open('/cart', { head: crossDomain(), body: '<a id="x" href="https://checkout.example.net/cart?step=1">x</a>', referrerPolicy: 'origin' }),
      { wait: 1 },
      { click: '#x', follows: true, head: crossDomain() },
      { wait: 2 },
      open('https://checkout.example.net/order/confirmation', { head: crossDomain() }),
    ],
  },
  'get-requests': {
    steps: [
      open('/', { head: [['disableAlwaysUseSendBeacon'], ...VIEW] }),
      { wait: 1 },
      by('/', '/category/shoes', {
        head: [['disableAlwaysUseSendBeacon'], ...VIEW],
        body: '<a id="x" href="https://partner.example.com/deals?id=7">x</a>',
      }),
      { wait: 2 },
      run(event('Via', 'image')),
      { click: '#x' },
    ],
  },
  'post-xhr': {
    steps: [
      open('/', { head: [['disableAlwaysUseSendBeacon'], ['setRequestMethod', 'POST'], ...VIEW] }),
      { wait: 1 },
      by('/', '/category/shoes', { head: [['disableAlwaysUseSendBeacon'], ['setRequestMethod', 'POST'], ...VIEW] }),
      { wait: 2 },
      run(event('Via', 'xhr')),
    ],
  },
  'long-beacon': { steps: [open(`/?long=${'abc'.repeat(800)}`)], matches: ({ url: _, ...params }) => params },
  queue: {
    steps: [
      open('/'),
      { wait: 1 },
      run(...[0, 1, 2].map((i) => ['queueRequest', `e_c=Queue&e_a=step&e_n=n${i}&ca=1`])),
    ],
  },
  'queue-unload': {
    steps: [
      open('/'),
      { wait: 1 },
      run(['queueRequest', 'action_name=Unload%201']),
      open('/contact'),
    ],
  },
  'js-error': {
    steps: [
      open('/', { head: [['enableJSErrorTracking'], ...VIEW] }),
      { wait: 1 },
      { fails: ['Uncaught Error: Boom in cart', 1, 28] },
      { fails: ['Uncaught Error: Boom in cart', 1, 28] },
      { fails: ["Uncaught TypeError: Cannot read properties of null (reading 'foo')", 1, 81] },
    ],
  },
  spa: {
    steps: [
      open('/'),
      { wait: 1 },
      ...[
        ['/app/list', 'App list', '/'],
        ['/app/item/42', 'App item 42', '/app/list'],
        ['/app/list#filter=new', 'App list filtered', '/app/item/42'],
      ].map(([path, title, from]) =>
        run(['setReferrerUrl', SHOP + from], ['setCustomUrl', path], ['setDocumentTitle', title], ['trackPageView']),
      ),
      run(event('SPA', 'done')),
    ],
  },
  titles: {
    steps: [
      open('/', { head: [['setDocumentTitle', 'Group / Sub / Page title'], ...VIEW] }),
      { wait: 1 },
      run(['trackPageView', 'Custom title via call']),
      open('/blog/hello-world', { head: [['setDocumentTitle', ''], ...VIEW] }),
    ],
  },
  unicode: {
    steps: [
      open('/blog/%C3%BCber-uns/%E6%97%A5%E6%9C%AC%E8%AA%9E?q=a%20b+c&x=%E2%82%AC', { title: 'Über uns: 日本語 😀 "quotes" <tags>' }),
      { wait: 1 },
      run(event('Émotion', '😀 click', 'naïve “quote”', 1.25)),
    ],
  },
  'discard-hash': { steps: [open('/category/shoes#part', { head: [['discardHashTag', true], ...VIEW] })] },
  'custom-data': {
    steps: [
      open('/', {
        head: [['setCustomData', 'exp', 'v1'], ['setPageViewId', 'Ab3dE9'], ['appendToTrackingUrl', 'bots=1&custom_flag=yes'], ...VIEW],
      }),
    ],
  },
  'two-campaigns-one-visit': {
    steps: [
      open('/?utm_campaign=First'),
      open('/?utm_campaign=Second&utm_term=kw2'),
      by('/?utm_campaign=Second&utm_term=kw2', '/category/shoes'),
    ],
  },
};

function crossDomain() {
  return [['setDomains', ['shop.example.org', 'checkout.example.net']], ['enableCrossDomainLinking'], ...VIEW];
}

export function withoutMissingAmounts(params) {
  return Object.fromEntries(Object.entries(params).filter(([name, value]) => !/^ec_(st|tx|sh|dt)$/.test(name) || !/^(undefined|false)$/.test(value)));
}
