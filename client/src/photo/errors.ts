/**
 * Why a photo was not prepared. Not concerned with sentences for people: a screen has one for each code.
 */
export type PhotoErrorCode =
  | 'photo_unreadable' // not a JPEG, PNG, WebP, HEIC or AVIF, or damaged
  | 'photo_heic_unsupported' // an iPhone's HEIC, intact, which this browser cannot decode: send it as JPEG
  | 'photo_too_large' // more than 40 MiB or 100 megapixels
  | 'photo_metadata' // something beside the picture is left after re-encoding: never sent

export class PhotoError extends Error {
  override readonly name = 'PhotoError'
  readonly code: PhotoErrorCode

  constructor(code: PhotoErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
