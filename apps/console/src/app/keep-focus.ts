import { useEffect, type RefObject } from 'react';

/**
 * Gives the page the focus when what had it is taken out of it, a row that was removed, say: browsers would leave it to the
 * whole document, and whoever uses a keyboard would begin at its top again.
 */
export function useKeptFocus(page: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const { current } = page;
    if (current === null) return;
    let last: EventTarget | null = null;
    const onFocus = (event: FocusEvent): void => {
      last = event.target;
    };
    const observer = new MutationObserver(() => {
      if (document.activeElement !== document.body || !(last instanceof Element) || last.isConnected) return;
      last = null;
      current.focus({ preventScroll: true });
    });
    current.addEventListener('focusin', onFocus);
    observer.observe(current, { childList: true, subtree: true });
    // Dialogs come and go beside the page.
    observer.observe(document.body, { childList: true });
    return () => {
      observer.disconnect();
      current.removeEventListener('focusin', onFocus);
    };
  }, [page]);
}
