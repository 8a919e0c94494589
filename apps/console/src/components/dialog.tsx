import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { ReactNode } from 'react';
import type { DialogName } from './dialog-names.js';

interface Properties {
  readonly name: DialogName;
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Whether a click beside it, or Escape, closes it. */
  readonly isDismissable?: boolean;
  readonly isWide?: boolean;
  /** For what cannot be taken back. */
  readonly role?: 'dialog' | 'alertdialog';
  readonly children: ReactNode;
}

/** A dialog over the page: focus stays in it, and goes back to where it was. */
export function Dialog({
  name,
  title,
  isOpen,
  onClose,
  isDismissable = true,
  isWide = false,
  role,
  children,
}: Properties) {
  return (
    <ModalOverlay
      className="overlay"
      isOpen={isOpen}
      onOpenChange={open => {
        if (!open) onClose();
      }}
      isDismissable={isDismissable}
      isKeyboardDismissDisabled={!isDismissable}
    >
      <Modal className={isWide ? 'modal wide' : 'modal'}>
        <AriaDialog className="dialog" role={role ?? 'dialog'} data-dialog={name}>
          <Heading slot="title" level={2}>
            {title}
          </Heading>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
