// Light or dark: as the system says, or as a person chose.

import { ref } from 'vue';

export type Theme = 'auto' | 'light' | 'dark';
const THEME_KEY = 'tidemark.theme';
const system = matchMedia('(prefers-color-scheme: dark)');

export const theme = ref<Theme>((localStorage.getItem(THEME_KEY) as Theme | null) ?? 'auto');
export const isDark = ref(false);

function apply(): void {
  isDark.value = theme.value === 'dark' || (theme.value === 'auto' && system.matches);
  document.documentElement.dataset.theme = isDark.value ? 'dark' : 'light';
}
system.addEventListener('change', apply);
apply();

export function chooseTheme(wanted: Theme): void {
  theme.value = wanted;
  localStorage.setItem(THEME_KEY, wanted);
  apply();
}

/** The colour that a custom property has now, as charts need it. */
export function colour(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
