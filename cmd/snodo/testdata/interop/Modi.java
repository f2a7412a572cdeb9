import hub.*;
import jakarta.xml.soap.*;
import jakarta.xml.ws.*;
import jakarta.xml.ws.handler.*;
import jakarta.xml.ws.handler.soap.*;
import jakarta.xml.ws.soap.AddressingFeature;
import java.net.URL;
import java.nio.file.*;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.*;
import javax.security.auth.callback.*;
import javax.xml.namespace.QName;
import nazionale.*;
import nodo.*;
import org.apache.cxf.binding.soap.SoapMessage;
import org.apache.cxf.binding.soap.interceptor.AbstractSoapInterceptor;
import org.apache.cxf.endpoint.Client;
import org.apache.cxf.frontend.ClientProxy;
import org.apache.cxf.phase.Phase;
import org.apache.cxf.ws.security.wss4j.*;
import org.apache.wss4j.common.ConfigurationConstants;
import org.apache.wss4j.common.crypto.*;
import org.apache.wss4j.common.ext.WSPasswordCallback;
import org.apache.wss4j.dom.handler.*;
import org.w3c.dom.*;

// Calls a service under ModI with the client that CXF generated, WS-Addressing
// and WSS4J: Modi FOLDER, where hub is the endpoint, ca.pem its authority,
// RSA.pem, RSA.key, EC.pem and EC.key the system's, RSA.xml and EC.xml
// signed documents and altered.xml one whose signature is broken. With the key EC
// it speaks SOAP 1.2. Each line of output is a check's name, a colon and what came
// of it.
public class Modi {
  static final String WSA = "http://www.w3.org/2005/08/addressing", HUB = "urn:snodo:hub:v1",
    WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
    SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/", SOAP12 = "http://www.w3.org/2003/05/soap-envelope";

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    for (String type : List.of("RSA", "EC")) {
      Modi m = new Modi(folder, type);
      m.accepted(type);
    }
    Modi m = new Modi(folder, "RSA");
    m.refused();
    m.altered();
  }

  final Path folder;
  final Nodo node;
  final Messages messages = new Messages();
  boolean alter;

  Modi(Path folder, String type) throws Exception {
    this.folder = folder;
    Snodo service = new Snodo(new URL(Files.readString(folder.resolve("hub")) + "?wsdl"));
    node = type.equals("RSA") ? service.getNodoSOAP11(new AddressingFeature()) : service.getNodoSOAP12(new AddressingFeature());
    Client client = ClientProxy.getClient(node);
    client.getOutInterceptors().add(new WSS4JOutInterceptor(signing(folder, type)));
    client.getOutInterceptors().add(new Sent());
    client.getInInterceptors().add(new WSS4JInInterceptor(verifying(folder)));
    List<Handler> chain = ((BindingProvider) node).getBinding().getHandlerChain();
    chain.add(messages);
    ((BindingProvider) node).getBinding().setHandlerChain(chain);
  }

  static Map<String, Object> signing(Path folder, String type) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("k", Documents.key(folder.resolve(type + ".key"), type), "p".toCharArray(),
      new X509Certificate[] {Documents.certificate(folder.resolve(type + ".pem"))});
    Merlin crypto = new Merlin();
    crypto.setKeyStore(store);
    Map<String, Object> p = new HashMap<>();
    p.put(ConfigurationConstants.ACTION, "Timestamp Signature");
    p.put(ConfigurationConstants.USER, "k");
    p.put(ConfigurationConstants.PW_CALLBACK_REF, (CallbackHandler) calls -> {
      for (Callback c : calls) ((WSPasswordCallback) c).setPassword("p");
    });
    p.put(ConfigurationConstants.SIG_PROP_REF_ID, "crypto");
    p.put("crypto", crypto);
    p.put(ConfigurationConstants.SIG_KEY_ID, "DirectReference");
    p.put(ConfigurationConstants.SIG_ALGO, Documents.MORE + (type.equals("RSA") ? "rsa-sha256" : "ecdsa-sha256"));
    p.put(ConfigurationConstants.SIG_DIGEST_ALGO, "http://www.w3.org/2001/04/xmlenc#sha256");
    p.put(ConfigurationConstants.SIGNATURE_PARTS, "{Element}{" + WSU + "}Timestamp;{Element}{" + WSA + "}To;{Element}{"
      + WSA + "}MessageID;{Element}{" + WSA + "}Action;{Element}{" + (type.equals("RSA") ? SOAP11 : SOAP12) + "}Body");
    return p;
  }

  static Map<String, Object> verifying(Path folder) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("ca", Documents.certificate(folder.resolve("ca.pem")));
    Merlin crypto = new Merlin();
    crypto.setTrustStore(store);
    Map<String, Object> p = new HashMap<>();
    p.put(ConfigurationConstants.ACTION, "Timestamp Signature");
    p.put(ConfigurationConstants.SIG_VER_PROP_REF_ID, "crypto");
    p.put("crypto", crypto);
    return p;
  }

  /** Sent keeps what WSS4J signed, and may alter it then. */
  class Sent extends AbstractSoapInterceptor {
    Sent() {
      super(Phase.POST_PROTOCOL);
      addAfter(WSS4JOutInterceptor.class.getName() + "$WSS4JOutInterceptorInternal");
      addAfter("org.apache.cxf.ws.security.wss4j.WSS4JOutInterceptor.WSS4JOutInterceptorInternal");
    }

    public void handleMessage(SoapMessage message) {
      try {
        Element envelope = message.getContent(SOAPMessage.class).getSOAPPart().getEnvelope();
        messages.asked = references((Element) envelope.getElementsByTagNameNS(Documents.DS, "SignedInfo").item(0));
        messages.id = envelope.getElementsByTagNameNS(WSA, "MessageID").item(0).getTextContent();
        if (alter) envelope.getElementsByTagNameNS(HUB, "Testo").item(0).setTextContent("altro");
      } catch (SOAPException e) {
        throw new WebServiceException(e);
      }
    }
  }

  /** The URI and the digest of each reference below an element. */
  static List<String> references(Element parent) {
    List<String> found = new ArrayList<>();
    NodeList all = parent.getElementsByTagNameNS(Documents.DS, "Reference");
    for (int i = 0; i < all.getLength(); i++) {
      Element r = (Element) all.item(i);
      found.add(r.getAttribute("URI") + " " + r.getElementsByTagNameNS(Documents.DS, "DigestValue").item(0).getTextContent());
    }
    return found;
  }

  /** Messages judges each answer: what WSS4J found signed in it, and to what it answers. */
  class Messages implements SOAPHandler<SOAPMessageContext> {
    List<String> asked;
    String id, verdict, faultCode;

    public boolean handleMessage(SOAPMessageContext context) {
      if (!(Boolean) context.get(MessageContext.MESSAGE_OUTBOUND_PROPERTY)) verdict = judge(context);
      return true;
    }

    public boolean handleFault(SOAPMessageContext context) {
      try {
        faultCode = context.getMessage().getSOAPBody().getFault().getFaultCodeAsQName().getLocalPart();
      } catch (SOAPException e) {
        throw new WebServiceException(e);
      }
      verdict = judge(context);
      return true;
    }

    String judge(SOAPMessageContext context) {
      try {
        Set<String> signed = new TreeSet<>();
        for (WSHandlerResult r : (List<WSHandlerResult>) context.getOrDefault(WSHandlerConstants.RECV_RESULTS, List.of())) {
          for (var result : r.getActionResults().getOrDefault(org.apache.wss4j.dom.WSConstants.SIGN, List.of())) {
            for (var ref : (List<org.apache.wss4j.dom.WSDataRef>) result.get(org.apache.wss4j.dom.engine.WSSecurityEngineResult.TAG_DATA_REF_URIS)) {
              signed.add(ref.getName().getLocalPart());
            }
          }
        }
        if (signed.isEmpty()) return "unsigned";
        if (!signed.containsAll(List.of("Timestamp", "To", "MessageID", "RelatesTo", "Action", "X-RequestDigest", "Body"))) return "signed are " + signed;
        Element header = context.getMessage().getSOAPHeader();
        if (!header.getElementsByTagNameNS(WSA, "RelatesTo").item(0).getTextContent().equals(id)) return "of another message";
        Element digests = (Element) header.getElementsByTagNameNS("*", "X-RequestDigest").item(0);
        return references(digests).equals(asked) ? "confirmed" : "digests of another message";
      } catch (SOAPException e) {
        throw new WebServiceException(e);
      }
    }

    public void close(MessageContext context) { }

    public Set<QName> getHeaders() { return Set.of(); }
  }

  void accepted(String type) throws Exception {
    RichiestaRichiestaRispostaSincronaUniLav request = new RichiestaRichiestaRispostaSincronaUniLav();
    request.setUniLavXML(Files.readString(folder.resolve(type + ".xml")));
    Holder<Ricevuta> receipt = new Holder<>();
    var answer = node.richiestaRispostaSincronaUniLav(request, receipt);
    System.out.println("accepted " + type + ": " + answer.getTipoRisposta() + " " + receipt.value.getTipo() + " " + messages.verdict);
    Holder<String> echo = new Holder<>("perché");
    node.echo(echo);
    System.out.println("echo " + type + ": " + echo.value + " " + messages.verdict);
  }

  void refused() throws Exception {
    RichiestaRichiestaRispostaSincronaUniLav request = new RichiestaRichiestaRispostaSincronaUniLav();
    request.setUniLavXML(Files.readString(folder.resolve("altered.xml")));
    try {
      node.richiestaRispostaSincronaUniLav(request, new Holder<>());
      System.out.println("refused: accepted");
    } catch (nodo.Errori e) {
      System.out.println("refused: " + messages.faultCode + " " + e.getFaultInfo().getErrore().get(0).getCodice() + " " + messages.verdict);
    }
  }

  void altered() throws Exception {
    alter = true;
    try {
      node.echo(new Holder<>("perché"));
      System.out.println("altered: answered");
    } catch (nodo.Errori e) {
      System.out.println("altered: " + messages.faultCode + " " + e.getFaultInfo().getErrore().get(0).getCodice() + " " + messages.verdict);
    }
  }
}
