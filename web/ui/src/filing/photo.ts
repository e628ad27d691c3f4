// Makes a photo small before it is sent: a telephone's is ten times what the server keeps. What the canvas makes has no EXIF; the server strips again.

/** The longer side of what is sent, in pixels: what the server keeps at most. */
const longest = 1600;
const quality = 0.85;

/** The photo upright and small. What this browser cannot read is given back as it is: the server may, or says why not. */
export async function shrink(file: Blob): Promise<Blob> {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
    const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    const context = canvas.getContext('2d');
    if (!context) return file;
    context.fillStyle = '#fff'; // beneath what is see-through
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return (await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', quality))) ?? file;
  } catch {
    return file;
  }
}
