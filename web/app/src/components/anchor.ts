// A menu that is loaded when it is asked for: it stands at the button that asked, which stays its owner.

/** What a menu without a trigger of its own has to do: a press on its button is the button's, and focus goes back to it. */
export function useAnchor(anchor: () => HTMLElement): { keepOpen: (event: Event) => void; returnFocus: (event: Event) => void } {
  return {
    keepOpen: (event) => {
      const { target } = (event as CustomEvent<{ originalEvent: PointerEvent }>).detail.originalEvent;
      if (anchor().contains(target as Node)) event.preventDefault();
    },
    returnFocus: (event) => {
      event.preventDefault();
      if (!document.activeElement || document.activeElement === document.body || document.activeElement.closest('[role=menu]')) anchor().focus({ preventScroll: true });
    },
  };
}
