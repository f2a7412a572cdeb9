import java.io.*;
import java.nio.charset.StandardCharsets;
import java.security.*;
import java.security.cert.*;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.*;
import javax.xml.parsers.*;
import javax.xml.transform.*;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.wss4j.common.WSEncryptionPart;
import org.apache.wss4j.common.crypto.Merlin;
import org.apache.wss4j.dom.WSConstants;
import org.apache.wss4j.dom.engine.*;
import org.apache.wss4j.dom.handler.RequestData;
import org.apache.wss4j.dom.message.*;
import org.w3c.dom.Document;

// Signs and verifies messages with WSS4J. Each line of input is
// "sign KEYTYPE KEY CERTS TOKEN MESSAGE" or "verify CA MESSAGE", where keys
// (PKCS #8), certificates (DER, by commas) and messages are in base64; each line
// of output is the signed message in base64, or "ok" or what is wrong.
public class Messages {
  static final Base64.Decoder from = Base64.getDecoder();

  public static void main(String[] args) throws Exception {
    WSSConfig.init();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line; (line = in.readLine()) != null; ) {
      String[] f = line.split(" ");
      if (f[0].equals("sign")) {
        System.out.println(sign(f[1], f[2], f[3].split(","), f[4], from.decode(f[5])));
      } else {
        System.out.println(verify(f[1], from.decode(f[2])));
      }
    }
  }

  static Document parse(byte[] text) throws Exception {
    DocumentBuilderFactory f = DocumentBuilderFactory.newInstance();
    f.setNamespaceAware(true);
    return f.newDocumentBuilder().parse(new ByteArrayInputStream(text));
  }

  static X509Certificate certificate(String der) throws Exception {
    return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(from.decode(der)));
  }

  static String sign(String type, String key, String[] certs, String token, byte[] text) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    X509Certificate[] chain = new X509Certificate[certs.length];
    for (int i = 0; i < certs.length; i++) chain[i] = certificate(certs[i]);
    PrivateKey k = KeyFactory.getInstance(type).generatePrivate(new PKCS8EncodedKeySpec(from.decode(key)));
    store.setKeyEntry("k", k, "p".toCharArray(), chain);
    Merlin crypto = new Merlin();
    crypto.setKeyStore(store);
    Document doc = parse(text);
    WSSecHeader header = new WSSecHeader(doc);
    header.insertSecurityHeader();
    WSSecTimestamp time = new WSSecTimestamp(header);
    time.setTimeToLive(300);
    time.build();
    WSSecSignature sig = new WSSecSignature(header);
    sig.setUserInfo("k", "p");
    sig.setSignatureAlgorithm(type.equals("EC") ? "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256" : WSConstants.RSA_SHA256);
    sig.setDigestAlgo(WSConstants.SHA256);
    sig.setUseSingleCertificate(!token.equals("path"));
    switch (token) {
      case "serial": sig.setKeyIdentifierType(WSConstants.ISSUER_SERIAL); break;
      case "embedded": sig.setKeyIdentifierType(WSConstants.X509_KEY_IDENTIFIER); break;
      case "thumbprint": sig.setKeyIdentifierType(WSConstants.THUMBPRINT_IDENTIFIER); break;
      default: sig.setKeyIdentifierType(WSConstants.BST_DIRECT_REFERENCE);
    }
    String soap = doc.getDocumentElement().getNamespaceURI();
    for (String[] p : new String[][] {
      {"Timestamp", WSConstants.WSU_NS}, {"To", "http://www.w3.org/2005/08/addressing"}, {"MessageID", "http://www.w3.org/2005/08/addressing"}, {"Body", soap}}) {
      sig.getParts().add(new WSEncryptionPart(p[0], p[1], "Element"));
    }
    if (token.equals("signed")) {
      sig.prepare(crypto);
      sig.prependBSTElementToHeader();
      sig.getParts().add(new WSEncryptionPart(sig.getBSTTokenId()));
      sig.computeSignature(sig.addReferencesToSign(sig.getParts()));
    } else {
      sig.build(crypto);
    }
    StringWriter out = new StringWriter();
    Transformer t = TransformerFactory.newInstance().newTransformer();
    t.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
    t.transform(new DOMSource(doc), new StreamResult(out));
    return Base64.getEncoder().encodeToString(out.toString().getBytes(StandardCharsets.UTF_8));
  }

  static String verify(String ca, byte[] text) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("ca", certificate(ca));
    Merlin crypto = new Merlin();
    crypto.setTrustStore(store);
    RequestData data = new RequestData();
    data.setSigVerCrypto(crypto);
    data.setWssConfig(WSSConfig.getNewInstance());
    data.setDisableBSPEnforcement(false);
    try {
      Document doc = parse(text);
      int results = new WSSecurityEngine().processSecurityHeader(doc, data).getResults().size();
      return results == 3 ? "ok" : "results:" + results;
    } catch (Exception e) {
      return e.toString().replace('\n', ' ').replace(' ', '_');
    }
  }
}
