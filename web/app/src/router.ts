// Pages by address. The part after # keeps it all on "/", so that the instance serves one page only.

import { createRouter, createWebHashHistory } from 'vue-router';
import { keptQuery } from './scope';

export const router = createRouter({
  history: createWebHashHistory(),
  scrollBehavior: (to, from, saved) => (to.path === from.path ? undefined : (saved ?? { top: 0 })),
  routes: [
    { path: '/', redirect: (to) => ({ path: '/overview', query: to.query }) },
    { path: '/overview', component: () => import('./pages/OverviewPage.vue'), meta: { title: 'nav.overview' } },
    { path: '/report/:category/:subcategory', component: () => import('./pages/ReportPage.vue') },
    { path: '/realtime', component: () => import('./pages/RealTimePage.vue'), meta: { title: 'nav.realTime' } },
    { path: '/visits', component: () => import('./pages/VisitsPage.vue'), meta: { title: 'nav.visits' } },
    { path: '/transitions', component: () => import('./pages/TransitionsPage.vue'), meta: { title: 'nav.transitions' } },
    { path: '/vitals', component: () => import('./pages/VitalsPage.vue'), meta: { title: 'nav.vitals' } },
    { path: '/sites', component: () => import('./pages/SitesPage.vue'), meta: { title: 'nav.allSites' } },
    { path: '/filtered', component: () => import('./pages/FilteredPage.vue'), meta: { title: 'nav.filtered' } },
    { path: '/admin/:section?', component: () => import('./admin/AdminPage.vue'), meta: { title: 'nav.administration' } },
    { path: '/:rest(.*)*', component: () => import('./pages/MissingPage.vue') },
  ],
});

// What the page is about goes along from page to page.
router.beforeEach((to, from) => {
  const kept = keptQuery(from.query);
  const missing = Object.keys(kept).filter((name) => !(name in to.query));
  if (!missing.length || to.path === from.path) return true;
  return { ...to, query: { ...kept, ...to.query }, replace: true };
});

// A new version was deployed while the page was open: its old parts are gone.
router.onError((error, to) => {
  if (/dynamically imported module|module script/i.test(String(error))) location.assign(router.resolve(to).href), location.reload();
});
