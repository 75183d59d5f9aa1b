import { createApp } from 'vue';
import App from './App.vue';
import { choose, preferred } from './i18n';
import { router } from './router';
import { resume } from './session';
import './styles/tokens.css';
import './styles/base.css';

void resume();
await choose(preferred()).catch(() => undefined);
createApp(App).use(router).mount('#app');
