/** Made by the planted bug that writes late, at the very moment that it is about: beside the journal's files. */
export const lateFolder = 'late'
