import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.*;
import javax.xml.crypto.dsig.*;
import javax.xml.crypto.dsig.dom.*;
import javax.xml.crypto.dsig.keyinfo.*;
import javax.xml.crypto.dsig.spec.*;
import javax.xml.parsers.*;
import javax.xml.transform.*;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.*;

// Signs documents and verifies receipts with the JDK's XML signatures, and
// verifies them with Apache Santuario. Documents CA.PEM FILE... prints for each
// receipt its name, a colon and both verdicts.
class Documents {
  static final String DS = "http://www.w3.org/2000/09/xmldsig#", MORE = "http://www.w3.org/2001/04/xmldsig-more#";

  public static void main(String[] args) throws Exception {
    X509Certificate ca = certificate(Path.of(args[0]));
    for (String file : List.of(args).subList(1, args.length)) {
      byte[] text = Files.readAllBytes(Path.of(file));
      System.out.println(Path.of(file).getFileName() + ": JDK " + jdk(parse(text).getDocumentElement(), ca)
        + ", Santuario " + santuario(parse(text).getDocumentElement(), ca));
    }
  }

  static Document parse(byte[] text) throws Exception {
    DocumentBuilderFactory f = DocumentBuilderFactory.newInstance();
    f.setNamespaceAware(true);
    return f.newDocumentBuilder().parse(new ByteArrayInputStream(text));
  }

  static String text(Node node) throws Exception {
    StringWriter out = new StringWriter();
    Transformer t = TransformerFactory.newInstance().newTransformer();
    t.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
    t.transform(new DOMSource(node), new StreamResult(out));
    return out.toString();
  }

  static X509Certificate certificate(Path pem) throws Exception {
    try (InputStream in = Files.newInputStream(pem)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  static PrivateKey key(Path pem, String type) throws Exception {
    String base64 = Files.readString(pem).replaceAll("-----[^-]+-----", "");
    return KeyFactory.getInstance(type).generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
  }

  /** The document signed: one enveloped signature, the root's last child. */
  static String sign(Path folder, String type, Path file) throws Exception {
    XMLSignatureFactory f = XMLSignatureFactory.getInstance("DOM");
    Document doc = parse(Files.readAllBytes(file));
    Reference whole = f.newReference("", f.newDigestMethod(DigestMethod.SHA256, null),
      List.of(f.newTransform(Transform.ENVELOPED, (TransformParameterSpec) null),
        f.newTransform(CanonicalizationMethod.EXCLUSIVE, (TransformParameterSpec) null)), null, null);
    SignedInfo info = f.newSignedInfo(f.newCanonicalizationMethod(CanonicalizationMethod.EXCLUSIVE, (C14NMethodParameterSpec) null),
      f.newSignatureMethod(MORE + (type.equals("RSA") ? "rsa-sha256" : "ecdsa-sha256"), null), List.of(whole));
    KeyInfoFactory k = f.getKeyInfoFactory();
    KeyInfo signer = k.newKeyInfo(List.of(k.newX509Data(List.of(certificate(folder.resolve(type + ".pem"))))));
    f.newXMLSignature(info, signer).sign(new DOMSignContext(key(folder.resolve(type + ".key"), type), doc.getDocumentElement()));
    return text(doc);
  }

  /** The certificate in a receipt's seal, if the authority issued it. */
  static X509Certificate signer(Element seal, X509Certificate ca) throws Exception {
    String der = seal.getElementsByTagNameNS(DS, "X509Certificate").item(0).getTextContent();
    X509Certificate c = (X509Certificate) CertificateFactory.getInstance("X.509")
      .generateCertificate(new ByteArrayInputStream(Base64.getMimeDecoder().decode(der)));
    c.verify(ca.getPublicKey());
    c.checkValidity();
    return c;
  }

  static Element seal(Element receipt) { return (Element) receipt.getLastChild(); }

  static String jdk(Element receipt, X509Certificate ca) {
    try {
      Element seal = seal(receipt);
      DOMValidateContext context = new DOMValidateContext(signer(seal, ca).getPublicKey(), seal);
      context.setProperty("org.jcp.xml.dsig.secureValidation", true);
      XMLSignature signature = XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context);
      List<Reference> references = signature.getSignedInfo().getReferences();
      boolean whole = references.size() == 1 && references.get(0).getURI().isEmpty();
      return whole && signature.validate(context) ? "ok" : "broken";
    } catch (Exception e) {
      return e.getClass().getSimpleName();
    }
  }

  static String santuario(Element receipt, X509Certificate ca) {
    try {
      org.apache.xml.security.Init.init();
      Element seal = seal(receipt);
      var signature = new org.apache.xml.security.signature.XMLSignature(seal, "", true);
      return signature.checkSignatureValue(signer(seal, ca)) ? "ok" : "broken";
    } catch (Exception e) {
      return e.getClass().getSimpleName();
    }
  }
}
