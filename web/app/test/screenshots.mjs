// Pictures of every page with demo traffic: screenshots/<desktop|phone>-<light|dark|german>/<page>.png
// Words on the command line choose among them: `desktop-light`, `phone-dark`, `opened`, `goals`. TIDEMARK_URL takes an instance that
// runs already.

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { callerOf, canRun, COMMAND, startBrowser, startInstance, USER } from './browser/instance.mjs';
import { addressOf, scenesOf } from './scenes.mjs';

const FOLDER = join(import.meta.dirname, '../../../screenshots');
const DEVICES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const LOOKS = { light: { colorScheme: 'light', locale: 'en-GB' }, dark: { colorScheme: 'dark', locale: 'en-GB' }, german: { colorScheme: 'light', locale: 'de-DE' } };
const TALLEST = 4000;
/** Pages that are open at once: while one is drawn, others wait for the instance. */
const AT_ONCE = 3;

if (!canRun()) {
  console.error('Chromium or the set-up of this folder is missing: no pictures were made.');
  process.exit(1);
}
const all = Object.keys(DEVICES).flatMap((device) => Object.keys(LOOKS).map((look) => ({ name: `${device}-${look}`, device, look })));
const words = process.argv.slice(2);
const named = words.filter((word) => all.some((one) => one.name === word));
const folders = all.filter(({ name }) => !named.length || named.includes(name));
const parts = words.filter((word) => !named.includes(word));

/** An instance whose demo traffic has arrived and is archived, so that no page waits for its reports. */
async function filled() {
  const data = mkdtempSync(join(tmpdir(), 'screenshots-'));
  const started = await startInstance({ isDemo: true, data });
  const stop = async () => {
    await started.stop();
    rmSync(data, { recursive: true, force: true });
  };
  console.log('Waiting for the demo traffic');
  await started.demoSent;
  await started.drain();
  console.log('Archiving it');
  await promisify(execFile)(COMMAND, ['archive', '--data', data]);
  return { ...started, stop };
}

/** Somebody to sign in, and something on each page of the administration. */
async function furnish({ call }) {
  const users = await call('UsersManager.getUsers');
  if (users.some((one) => one.login === USER.login)) return;
  await call('UsersManager.addUser', { userLogin: USER.login, password: USER.password, email: USER.email });
  await call('UsersManager.setSuperUserAccess', { userLogin: USER.login, hasSuperUserAccess: 1 });
  await call('UsersManager.inviteUser', { userLogin: 'ben', email: 'ben@example.org', initialIdSite: 1 });
  await call('SitesManager.addSite', { siteName: 'Trail notes, the journal', 'urls[0]': 'https://journal.example.org', currency: 'EUR', timezone: 'Europe/Berlin' });
  const alert = { idSites: 1, emailMe: 0, 'additionalEmails[0]': 'ops@example.org', period: 'day', comparedTo: 1, reportUniqueId: 'VisitsSummary_get', metric: 'nb_visits' };
  await call('CustomAlerts.addAlert', { ...alert, name: 'Visits broke in', metricCondition: 'percentage_decrease_more_than', metricValue: 40 });
  await call('ScheduledReports.addReport', { idSite: 1, description: 'Monday morning', period: 'week', hour: 6, reportType: 'email', reportFormat: 'html', 'reports[0]': 'VisitsSummary_get', 'parameters[displayFormat]': 1, 'parameters[emailMe]': 1 });
}

/** A window for the scenes of a folder; its user is signed in. */
async function openWindow({ browser, address, device, look, onSignIn }) {
  const viewport = DEVICES[device];
  const context = await browser.newContext({ viewport, isMobile: device === 'phone', hasTouch: device === 'phone', reducedMotion: 'reduce', ...LOOKS[look] });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  await page.goto(address);
  await page.waitForSelector('[name=username]');
  await onSignIn?.(page);
  await page.fill('[name=username]', USER.login);
  await page.fill('[name=password]', USER.password);
  await page.click('button.primary');
  await page.waitForSelector('#main');
  return { context, page, viewport };
}

/** All has come that was asked for; what is made only when it is seen had its turn to ask. */
const settled = async (page) => {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))));
  await page.waitForFunction(() => {
    const isInView = (one) => one.getBoundingClientRect().top < innerHeight;
    return !document.querySelector('.loading, [aria-busy=true]') && ![...document.querySelectorAll('.unseen')].some(isInView);
  });
};

async function show({ page, viewport }, { address, scene, texts }) {
  await page.setViewportSize(viewport);
  // A page of its own each time: what one scene has opened is not there in the next.
  await page.goto('about:blank');
  await page.goto(`${address}${addressOf(scene.path)}`);
  await page.waitForFunction(() => document.querySelector('#main')?.textContent.trim());
  await settled(page);
  if (scene.act) {
    await scene.act(page, texts);
    await settled(page);
    return;
  }
  // What is made only when it is seen changes the height: measure again.
  for (let round = 0; round < 3; round++) {
    const height = Math.min(TALLEST, Math.max(await page.evaluate(() => document.documentElement.scrollHeight), viewport.height));
    if (page.viewportSize().height === height) return;
    await page.setViewportSize({ ...viewport, height });
    await settled(page);
  }
}

const given = process.env.TIDEMARK_URL;
const instance = given ? { address: given, call: callerOf(given), stop: async () => undefined } : await filled();
const browser = await startBrowser();
const { address } = instance;
const failed = [];
try {
  await furnish(instance);
  const scenes = scenesOf(await instance.call('API.getReportPagesMetadata', { idSite: 1 }));
  for (const { name: folder, device, look } of folders) {
    const began = Date.now();
    const texts = JSON.parse(readFileSync(join(import.meta.dirname, `../src/i18n/${LOOKS[look].locale.slice(0, 2)}.json`), 'utf8'));
    mkdirSync(join(FOLDER, folder), { recursive: true });
    const picture = (page, name) => page.screenshot({ path: join(FOLDER, folder, `${name}.png`), animations: 'disabled' });
    const left = scenes.filter((one) => (!one.device || one.device === device) && (!parts.length || parts.some((part) => one.name.includes(part))));
    const count = left.length;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, index) => {
        const window = await openWindow({ browser, address, device, look, onSignIn: index ? undefined : (page) => picture(page, 'sign-in') });
        for (let scene = left.shift(); scene; scene = left.shift()) {
          try {
            await show(window, { address, scene, texts });
            await picture(window.page, scene.name);
          } catch (error) {
            failed.push(`${folder}/${scene.name}: ${error.message}`);
          }
        }
        await window.context.close();
      }),
    );
    console.log(`screenshots/${folder}: ${count} pages in ${Math.round((Date.now() - began) / 1000)} s`);
  }
} finally {
  await browser.close();
  await instance.stop();
}
if (failed.length) {
  console.error(failed.join('\n'));
  process.exitCode = 1;
}
