import type { Session } from 'electron';

/** What a page may ask the system for; everything that is not here is refused. */
export const ALLOWED_PERMISSIONS: Readonly<Record<string, string>> = {
  'clipboard-sanitized-write': 'copies the details of a failed job',
};

/** Electron grants everything unless told otherwise: both its questions are answered from the table. */
export function guardPermissions(session: Session, isOwnPage: (address: string) => boolean): void {
  const allowed = (permission: string, address: string): boolean =>
    Object.hasOwn(ALLOWED_PERMISSIONS, permission) && isOwnPage(address);
  session.setPermissionRequestHandler((_contents, permission, answer, details) => {
    answer(allowed(permission, details.requestingUrl));
  });
  session.setPermissionCheckHandler((_contents, permission, origin) => allowed(permission, origin));
  session.setDevicePermissionHandler(() => false);
}
