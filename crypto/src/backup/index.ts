export {
  type BackupHead,
  decryptBackup,
  openBackupHead,
  type RestoreOptions,
  type RestoreReport,
  type SectionReport,
} from './decrypt.ts'
export { type BackupOptions, encryptBackup } from './encrypt.ts'
export { BACKUP_SECTIONS, type BackupItem, type BackupSection } from './items.ts'
export type { BackupSecret } from './keys.ts'
export type { Argon2Cost } from './layout.ts'
export {
  formatRecoveryKey,
  generateRecoveryKey,
  isRecoveryKeyGroup,
  parseRecoveryKey,
  RECOVERY_KEY_GROUPS,
} from './recovery-key.ts'
