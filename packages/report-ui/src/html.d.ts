/** The bundler gives the text of these files. */
declare module "*.html" {
  const text: string;
  export default text;
}
