import { describe, expect, test } from 'vitest';
import type { ReportMetadata, ReportPage, Widget } from '../../src/api/types';
import { shownPages } from '../../src/metadata';

const report = (module: string, action: string, more: Partial<ReportMetadata> = {}): ReportMetadata => ({ category: 'Visitors', name: `${module} ${action}`, module, action, uniqueId: `${module}_${action}`, ...more });
const widget = (module: string, action: string, more: Partial<Widget> = {}): Widget => ({ name: '', module, action, parameters: { module, action }, uniqueId: `widget${module}${action}`, isReport: true, viewDataTable: 'table', ...more });
const page = (...widgets: Widget[]): ReportPage => ({ uniqueId: 'a.b', category: { id: 'a', name: 'A', order: 1 }, subcategory: { id: 'b', name: 'B', order: 1 }, widgets });
const shown = (widgets: Widget[], reports: ReportMetadata[]): string[] => shownPages([page(...widgets)], reports).flatMap((one) => one.widgets.map((each) => each.name));

describe('report pages', () => {
  test('show a report once, however many widgets draw its numbers', () => {
    const drawn = [widget('VisitsSummary', 'getEvolutionGraph', { viewDataTable: 'graphEvolution' }), widget('VisitsSummary', 'get', { viewDataTable: 'sparklines' })];
    expect(shown(drawn, [report('VisitsSummary', 'get')])).toEqual(['VisitsSummary get']);
  });

  test('open containers', () => {
    const container = widget('CoreHome', 'renderWidgetContainer', { isReport: undefined, widgets: [widget('Events', 'getName'), widget('Events', 'getAction')] });
    expect(shown([container], [report('Events', 'getAction'), report('Events', 'getName')])).toEqual(['Events getName', 'Events getAction']);
  });

  test('tell the reports of a goal from those of all goals', () => {
    const ofGoal = report('Goals', 'get', { name: 'One', parameters: { idGoal: '1' }, uniqueId: 'Goals_get_idGoal--1' });
    const reports = [report('Goals', 'get', { name: 'All' }), ofGoal];
    expect(shown([widget('Goals', 'get', { parameters: { idGoal: 1 as unknown as string } })], reports)).toEqual(['One']);
    expect(shown([widget('Goals', 'get', { parameters: { idGoal: '0' } })], reports)).toEqual(['All']);
  });

  test('have widgets that links name, however they are drawn', () => {
    const drawn = widget('Goals', 'getEvolutionGraph', { viewDataTable: 'graphEvolution', parameters: { idGoal: '2' }, uniqueId: 'other' });
    const ofGoal = report('Goals', 'get', { parameters: { idGoal: '2' } });
    expect(shownPages([page(drawn)], [ofGoal])[0]?.widgets[0]?.uniqueId).toBe('widgetGoalsgetidGoal2');
  });

  test('leave out further views of reports that have a page, and what is no report', () => {
    const widgets = [widget('Actions', 'getPageUrls', { viewDataTable: 'tableGoals' }), widget('Live', 'widget', { isReport: undefined, viewDataTable: undefined })];
    expect(shownPages([page(...widgets)], [report('Actions', 'getPageUrls')])).toEqual([]);
  });
});
