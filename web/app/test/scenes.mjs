// What the pictures show: every page, and what opens on some of them. A scene is {name, path, act}.

const OWN = ['overview', 'realtime', 'visits', 'transitions', 'vitals', 'sites', 'filtered'];
const ADMINISTRATION = ['sites', 'users', 'tokens', 'security', 'goals', 'segments', 'dimensions', 'reports', 'alerts', 'privacy', 'audit'];
const LOCATIONS = 'report/General_Visitors/UserCountry_SubmenuLocations';
const PAGES = 'report/General_Actions/General_Pages';
const SEGMENTS = 'compareSegments=visitorType%3D%3Dreturning%7CreferrerType%3D%3Dsearch';
const NOBODY = 'segment=userId%3D%3Dnobody';

/** A click on the button whose label is a text of the catalogue, whatever stands at its places. */
const press = async (page, text) => {
  const parts = text.split(/\{\w+\}/).map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  await page.getByRole('button', { name: new RegExp(`^${parts.join('.*')}$`) }).first().click();
};
const opens = (key) => async (page, texts) => {
  await press(page, texts[key]);
  await page.getByRole('dialog').waitFor();
};
const rowMenu = async (page) => {
  await page.locator('tbody .more').first().click();
  await page.getByRole('menu').waitFor();
};
const rowEvolution = async (page, texts) => {
  await rowMenu(page);
  await page.getByRole('menuitem', { name: texts['row.evolution'], exact: true }).click();
  await page.getByRole('dialog').locator('canvas').waitFor();
};
const segmentEditor = async (page, texts) => {
  await press(page, texts['segment.all']);
  await opens('segment.new')(page, texts);
  await page.getByRole('dialog').locator('select').first().selectOption('browserCode');
  await page.getByRole('dialog').getByRole('button', { name: 'FF', exact: true }).waitFor();
};
const as = (report, view, more = '') => `${LOCATIONS}?widget=widgetUserCountry${report}&view=${view}${more}`;

const OPENED = [
  ['navigation', 'overview', (page, texts) => press(page, texts['nav.open']), 'phone'],
  ['site-picker', 'overview', (page, texts) => press(page, texts['sites.choose'])],
  ['period', 'overview', (page) => page.locator('.picker .trigger').first().click()],
  ['segments', 'overview', (page, texts) => press(page, texts['segment.all'])],
  ['account', 'overview', (page, texts) => press(page, texts['user.menu'])],
  ['freshness', 'overview', (page) => page.locator('header .state').click()],
  ['segment-editor', 'overview', segmentEditor],
  ['note', 'overview', opens('notes.add')],
  ['export', PAGES, async (page, texts) => {
    await press(page, texts['export.menu']);
    await page.getByRole('menu').waitFor();
  }],
  ['row-menu', PAGES, rowMenu],
  ['row-evolution', PAGES, rowEvolution],
  ['row-evolution-compared', `${PAGES}?${SEGMENTS}`, rowEvolution],
  ['row-opened', PAGES, async (page) => {
    await page.locator('button.open').first().click();
    await page.locator('button.open[aria-expanded=true]').waitFor();
  }],
  ['visitor', 'visits', opens('visit.profile')],
  ['site', 'admin/sites', opens('sites.add')],
  ['tracking-code', 'admin/sites', opens('sites.code')],
  ['user', 'admin/users', opens('users.invite')],
  ['token', 'admin/tokens', opens('tokens.create')],
  ['goal', 'admin/goals', opens('goal.add')],
  ['dimension', 'admin/dimensions', opens('dimension.add')],
  ['report', 'admin/reports', opens('scheduled.add')],
  ['alert', 'admin/alerts', opens('alerts.add')],
].map(([name, path, act, device]) => ({ name: `opened_${name}`, path, act, device }));

const VARIANTS = [
  ['country-map', as('getCountry', 'map')],
  ['country-pie', as('getCountry', 'pie')],
  ['country-bars', as('getCountry', 'bar')],
  ['region-map', as('getRegion', 'map')],
  ['country-map-compared', as('getCountry', 'map', `&${SEGMENTS}`)],
  ['country-pie-compared', as('getCountry', 'pie', `&${SEGMENTS}`)],
  ['country-bars-compared', as('getCountry', 'bar', `&${SEGMENTS}`)],
  ['country-pie-compared-periods', as('getCountry', 'pie', '&period=week&compare=previous')],
  ['pages-compared', `${PAGES}?${SEGMENTS}`],
  ['pages-compared-periods', `${PAGES}?period=week&compare=previous`],
  ['overview-compared', `overview?${SEGMENTS}`],
  ['overview-compared-periods', 'overview?period=month&date=today&compare=previous'],
  ['pages-empty', `${PAGES}?${NOBODY}`],
  ['visits-empty', `visits?${NOBODY}`],
  ['missing', 'nowhere'],
].map(([name, path]) => ({ name: `other_${name}`, path }));

/** Whether the menu has a report page: it leaves out those without reports, which the dashboard has in another form. */
export const isInMenu = ({ widgets }) => widgets.flatMap((one) => one.widgets ?? [one]).some((one) => one.isReport && one.viewDataTable !== 'VisitorLog');

const reportPath = ({ category, subcategory }) => `report/${encodeURIComponent(category.id)}/${encodeURIComponent(subcategory.id)}`;

/** All scenes of an instance with these report pages. */
export const scenesOf = (reportPages) => [
  ...[...OWN, ...reportPages.filter(isInMenu).map(reportPath), ...ADMINISTRATION.map((one) => `admin/${one}`)].map((path) => ({ name: decodeURIComponent(path).replace(/^report\//, '').replace(/[^\w-]+/g, '_'), path })),
  ...OPENED,
  ...VARIANTS,
];

/** The page's address; what it does not say is as it was in the beginning, for pages keep what was chosen before. */
export function addressOf(path) {
  const [place, query] = path.split('?');
  const beginning = { period: 'day', date: 'yesterday', segment: '', compare: '', compareSegments: '' };
  return `/#/${place}?${new URLSearchParams({ ...beginning, ...Object.fromEntries(new URLSearchParams(query)) })}`;
}
