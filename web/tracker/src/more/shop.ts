// The shop: what is looked at, the cart, the order.

import { isGiven, parse, stringify, type Any } from '../tracker';
import { pair, type Part } from './part';

export const shop = (tracker: Any): Part => {
  let items: Record<string, Any[]> = {};
  let view: Record<string, Any> = {};
  const track = (order: string, revenue: Any, amounts: Any[] = []): void => {
    const rows = Object.values(items).map(([sku, name, category, price, quantity]) => [
      sku,
      name || '',
      category || '',
      isGiven(price) ? price : 0,
      isGiven(quantity) ? quantity : 1,
    ]);
    const rest = ['st', 'tx', 'sh', 'dt'].map((name, i) => (amounts[i] === false ? '' : pair('ec_' + name, amounts[i])));
    const request = 'idgoal=0' + order + pair('revenue', revenue) + rest.join('') + pair('ec_items', stringify(rows));
    tracker.trackRequest(request, null, undefined, 'ecommerce');
  };
  return {
    text: () => Object.keys(view).map((name) => '&' + name + '=' + encodeURIComponent(view[name])).join(''),
    commands: {
      setEcommerceView: (sku?: Any, name?: Any, category?: Any, price?: Any) => {
        view = { _pkc: Array.isArray(category) ? stringify(category) : category || '' };
        if (isGiven(price) && price !== false) view._pkp = price;
        if (sku) view._pks = sku;
        if (sku || name) view._pkn = name || '';
      },
      getEcommerceItems: () => parse(stringify(items)),
      addEcommerceItem: (sku: Any, ...rest: Any[]) => {
        if (isGiven(sku)) items[sku] = [sku + '', ...rest];
      },
      removeEcommerceItem: (sku: Any) => {
        delete items[sku];
      },
      clearEcommerceCart: () => {
        items = {};
      },
      trackEcommerceOrder: (id: Any, total: Any, ...amounts: Any[]) => {
        if (!isGiven(id) || !isGiven(total)) return;
        track(pair('ec_id', id), total, amounts);
        items = {};
      },
      trackEcommerceCartUpdate: (total: Any) => {
        if (isGiven(total)) track('', total);
      },
    },
  };
};
