// The small tracker: page views, events, goals, links and downloads by beacon, without cookies.

/* Everything in one place: what is shared would cost more than it saves. */
type Any = any;

const page: Any = window;
const queue: Any[] = page._paq || [];
const options: Any = { setReferrerUrl: document.referrer };

const send = (values: Any): void => {
  const view = options.setCustomUrl || location.href;
  const all = {
    ...values,
    idsite: options.setSiteId,
    rec: 1,
    url: view,
    urlref: options.setReferrerUrl,
    uid: options.setUserId,
    pv_id: options.id,
    res: screen.width + 'x' + screen.height,
    send_image: 0,
    ...options.dimensions,
  };
  const body = Object.keys(all).map((name) => (all[name] == null || all[name] === '' ? '' : name + '=' + encodeURIComponent(all[name]) + '&')).join('');
  if (!navigator.sendBeacon?.(options.setTrackerUrl + '?' + body)) fetch(options.setTrackerUrl, { method: 'POST', body: new URLSearchParams(body), keepalive: true, mode: 'no-cors' }).catch(() => 0);
};

const commands: Any = {
  trackPageView: (title: Any) => {
    options.id = Math.random().toString(36).slice(2, 8);
    send({ action_name: title || options.setDocumentTitle || document.title });
  },
  trackEvent: (e_c: Any, e_a: Any, e_n: Any, e_v: Any) => send({ e_c, e_a, e_n, e_v, ca: 1 }),
  trackGoal: (idgoal: Any, revenue: Any) => send({ idgoal, revenue }),
  trackLink: (url: Any, kind: Any) => send({ [kind]: url }),
  setCustomDimension: (id: Any, value: Any) => {
    options.dimensions = { ...options.dimensions, ['dimension' + id]: value };
  },
  enableLinkTracking: () =>
    addEventListener(
      'click',
      (event: Any) => {
        const link = event.target.closest?.('a[href]');
        if (!link || !/^http/.test(link.href)) return;
        const isDownload = link.hasAttribute('download') || /\.(7z|apk|csv|dmg|docx?|epub|exe|gz|iso|jar|mp[34]|msi|od[pst]|pdf|pptx?|rar|tgz|txt|xlsx?|zip)([?#]|$)/i.test(link.href);
        if (isDownload) send({ download: link.href });
        else if (link.host != location.host) send({ link: link.href });
      },
      true,
    ),
};

const run = ([name, ...values]: Any): void => {
  try {
    commands[name] ? commands[name](...values) : (options[name] = values[0]);
  } catch {
    // a hit less is better than a page that breaks
  }
};

// Where hits go, and for which site, may stand behind what is tracked.
const isAddress = ([name]: Any): boolean => /^set[TS]/.test(name);
queue.filter(isAddress).map(run);
queue.filter((entry) => !isAddress(entry)).map(run);
page._paq = { push: run };

export {};
